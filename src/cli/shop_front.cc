#include "cli/shop_front.h"

#include <openssl/rand.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <utility>

#include "runtime/function_log.h"
#include "wire/encoding.h"

namespace doorbuster::cli {
namespace {

using FoundAt = std::optional<cloud::Time>;

constexpr std::size_t kTokenBytes = 32;

// Blocks its thread for as long as the database takes.
cloud::Async<FoundAt> find_in(functions::InvoiceDatabase& database, std::string number) {
  const auto found = database.find(number);
  co_return found ? FoundAt(found->recorded_at) : std::nullopt;
}

// On the system's threads, so that no connection waits for another's database.
shop::Books::Lookup lookup(System& system, functions::InvoiceDatabase& database) {
  return [&system, &database](std::string number) -> cloud::Async<FoundAt> {
    auto search = find_in(database, std::move(number));
    co_return co_await boost::asio::co_spawn(system.pool(), std::move(search),
                                             boost::asio::use_awaitable);
  };
}

shop::Books books_of(System& system) {
  return {lookup(system, system.shipping()), lookup(system, system.sales())};
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1) {
    throw std::runtime_error("the system has no randomness to give");
  }
  return bytes;
}

shop::ShopOptions shop_options(const ShopFrontOptions& options) {
  shop::ShopOptions shop;
  shop.desk = options.desk;
  shop.log = options.server.log;
  return shop;
}

console::ConsoleOptions console_options(const ShopFrontOptions& options) {
  console::ConsoleOptions console;
  console.site = {options.endpoint, DOORBUSTER_VERSION};
  console.token = options.token;
  console.log = options.server.log;
  return console;
}

console::Browse browse(Embedded& system) {
  return [&system](std::string queue_arn, std::uint64_t from, std::uint64_t until,
                   std::size_t max) -> cloud::Async<console::SeenMessages> {
    auto page = co_await system.browse(std::move(queue_arn), from, until, max);
    console::SeenMessages seen;
    seen.next = page.next;
    seen.end = page.end;
    for (auto& message : page.messages) {
      seen.messages.push_back({std::move(message.id), std::move(message.body), message.sent});
    }
    co_return seen;
  };
}

console::ReadLog read_log(const System& system, const std::filesystem::path& logs) {
  const auto scope = system.scope();
  return [directory = logs / scope.region / scope.account](const std::string& name,
                                                           std::size_t lines) {
    return runtime::last_lines(directory / (name + ".log"), lines);
  };
}

console::ConsoleParts console_parts(const ShopFrontOptions& options, Embedded& system,
                                    const cloud::Clock& clock) {
  return {system.account(),
          system.services(),
          system.shipping(),
          system.sales(),
          system.pool().get_executor(),
          browse(system),
          read_log(system, options.function_logs),
          [&system] { return system.metric_totals(); },
          clock,
          random_bytes};
}

}  // namespace

ShopFront::ShopFront(gateway::Listener listener, ShopFrontOptions options, Embedded& system,
                     const cloud::Clock& clock)
    : system_(system),
      tracker_(system.step_functions(), system.scope(), books_of(system)),
      shop_(shop_options(options), system.sqs(), tracker_, clock, random_bytes),
      console_(console_options(options), console_parts(options, system, clock)),
      handler_(shop_, console_) {
  try {
    server_.emplace(std::move(listener), std::move(options.server), handler_, clock);
  } catch (const std::runtime_error& e) {
    throw CommandError(2, e.what());
  }
}

void ShopFront::start() {
  if (const auto checkout = system_.find_checkout()) {
    const auto recall = [this](const engine::BrowseResult::Message& message) {
      shop_.recall(message.body, message.sent);
    };
    system_.for_each_message(checkout->orders.arn, recall);
  }
  server_->start();
}

void ShopFront::stop() {
  server_->stop();
  console_.stop();
}

cloud::Async<wire::Response> ShopFront::ByPath::answer(gateway::Request& request) {
  if (console::Console::serves(request.head().path)) return console_.answer(request);
  return shop_.answer(request);
}

wire::Response ShopFront::ByPath::refuse(const cloud::Error& error, const std::string& request_id) {
  return shop_.refuse(error, request_id);
}

std::string new_token() {
  return wire::hex(random_bytes(kTokenBytes));
}

}  // namespace doorbuster::cli
