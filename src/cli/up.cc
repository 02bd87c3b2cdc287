#include "cli/up.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "aws/http_client.h"
#include "cli/credentials.h"
#include "cli/embedded.h"
#include "cli/shop_front.h"
#include "cli/smtp.h"
#include "cli/terminal.h"
#include "engine/notification.h"
#include "gateway/aws_door.h"
#include "gateway/server.h"
#include "runtime/process_host.h"

namespace doorbuster::cli {
namespace {

constexpr timespec kCheckEvery{1, 0};

// As long as SNS waits for an endpoint.
// https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html
constexpr aws::HttpClient::Limits kPosting{.connect = std::chrono::seconds(5),
                                           .answer = std::chrono::seconds(15)};

// Blocked in every thread that is made from here on, so that they can be waited for.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Taken before anything is made, so that a refusal leaves nothing behind.
struct Listeners {
  gateway::Listener door;
  gateway::Listener shop;
};

gateway::Listener listen_for_shop(const UpOptions& options) {
  try {
    return {options.address, options.shop_port};
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(std::string(e.what()) + " for the shop, with --shop-port");
  }
}

Listeners listen(const UpOptions& options, const wire::KeyRing& keys) {
  try {
    gateway::Listener door(options.address, options.port);
    gateway::require_keys(door, keys);
    return {std::move(door), listen_for_shop(options)};
  } catch (const std::runtime_error& e) {
    throw CommandError(2, e.what());
  }
}

// How this machine reaches it.
std::string url_of(const UpOptions& options, const gateway::Listener& listener) {
  std::string authority = listener.authority();
  for (const std::string_view anywhere : {"0.0.0.0:", "[::]:"}) {
    if (authority.starts_with(anywhere)) {
      authority = "127.0.0.1:" + authority.substr(anywhere.size());
    }
  }
  return (options.certificate ? "https://" : "http://") + authority;
}

cloud::Async<wire::Response> healthy() {
  wire::Response response;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body.bytes = R"({"status":"ok"})";
  co_return response;
}

// What the signatures of SNS are checked with.
gateway::Page certificate_of(Embedded& system) {
  return [&system]() -> cloud::Async<wire::Response> {
    wire::Response response;
    response.body.bytes = co_await system.signing_certificate();
    response.headers.emplace_back("Content-Type", "application/x-pem-file");
    co_return response;
  };
}

engine::HttpPost post_by(aws::HttpClient& client) {
  return [&client](engine::HttpPostRequest request) {
    return aws::http_post(client, std::move(request.url), std::move(request.headers),
                          std::move(request.body));
  };
}

std::filesystem::path function_logs(const DataDirectory& directory) {
  return directory.functions() / "logs";
}

engine::SendMail mail_by(Smtp& smtp) {
  return [&smtp](engine::Mail mail) { return smtp.send(std::move(mail)); };
}

SmtpOptions smtp_options(const UpOptions& options) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): never set here
  const char* password = std::getenv("DOORBUSTER_SMTP_PASSWORD");
  return {*options.smtp, password ? password : "", options.mail_from};
}

// Functions are given the first key of their account.
runtime::ProcessHostOptions host_options(const DataDirectory& directory,
                                         const std::string& endpoint, const wire::KeyRing& keys,
                                         const engine::Log& log) {
  runtime::ProcessHostOptions host;
  host.code = directory.functions() / "code";
  host.logs = function_logs(directory);
  host.hidden = directory.engine();  // where every function's configuration is
  host.log = log;
  host.machine.endpoint = endpoint;
  for (const auto& [id, identity] : keys.identities) {
    host.machine.keys.try_emplace(identity.caller.scope.account,
                                  runtime::AccessKey{id, identity.secret_access_key});
  }
  return host;
}

// Ends functions before whoever waits for their answers.
class StopFirst {
 public:
  explicit StopFirst(runtime::ProcessHost& host) : host_(host) {}
  StopFirst(const StopFirst&) = delete;
  StopFirst& operator=(const StopFirst&) = delete;
  ~StopFirst() { host_.stop(); }

 private:
  runtime::ProcessHost& host_;
};

gateway::ServerOptions server_options(const UpOptions& options) {
  gateway::ServerOptions server;
  server.threads = options.threads;
  if (options.certificate.has_value() != options.private_key.has_value()) {
    throw CommandError(2, "TLS wants both --certificate and --private-key");
  }
  if (options.certificate) server.tls = gateway::Tls{*options.certificate, *options.private_key};
  return server;
}

gateway::AwsDoorOptions door_options(const UpOptions& options) {
  gateway::AwsDoorOptions door;
  door.domain = options.domain;
  if (options.credentials) door.keys = read_credentials(*options.credentials);
  door.pages["/_doorbuster/health"] = healthy;
  return door;
}

ShopFrontOptions front_options(const UpOptions& options, const gateway::Listener& listener,
                               const DataDirectory& directory) {
  ShopFrontOptions front;
  front.desk.queue = topology::kOrdersQueue;
  front.desk.rules = options.checkout.rules;
  front.desk.waiting_max = options.orders_waiting_max;
  front.function_logs = function_logs(directory);
  if (!listener.loopback()) front.token = new_token();
  return front;
}

struct Addresses {
  std::string endpoint;  // of the AWS protocols
  std::string shop;
  std::string console;  // with what signs in
};

Addresses addresses_of(const UpOptions& options, const Listeners& listeners,
                       const std::string& token) {
  Addresses all;
  all.endpoint = options.endpoint.empty() ? url_of(options, listeners.door) : options.endpoint;
  all.shop = url_of(options, listeners.shop);
  all.console = all.shop + "/console" + (token.empty() ? "" : "#token=" + token);
  return all;
}

void greet(const UpOptions& options, const Addresses& addresses, const DataDirectory& directory,
           const std::optional<topology::Resources>& resources) {
  const auto& endpoint = addresses.endpoint;
  std::string text = "  Doorbuster is open.\n\n  shop    " + styled(stdout, "1", addresses.shop) +
                     "\n  console " + styled(stdout, "1", addresses.console) + '\n';
  text += "  AWS     " + styled(stdout, "1", endpoint) +
          "  S3, SNS, SQS, Lambda, Step Functions, CloudWatch, STS, IAM; " +
          (options.credentials ? "signatures are checked" : "any credentials will do") + '\n';
  text += "  data    " + directory.path().string() +
          (options.data ? "" : "  (removed at the end; --data DIR keeps it)") + '\n';
  if (resources) {
    text += "  bucket  " + resources->bucket + "\n  topic   " + resources->topic_arn +
            "\n  queues  " + resources->shipping.url + "\n          " + resources->analytics.url +
            "\n  orders  to " + topology::kOrdersQueue + ", through " + topology::kStateMachine +
            '\n';
  }
  // Before 2.13, which Debian 12 is, aws doesn't know AWS_ENDPOINT_URL.
  text += "\n  Try     aws --endpoint-url " + endpoint + " s3 ls\n  Stop    Ctrl-C\n";
  std::cout << text << std::flush;
}

// Until a signal comes, or the disk fails: then, how.
std::optional<CommandError> wait_for_stop(const Embedded& system, const sigset_t& signals) {
  try {
    while (sigtimedwait(&signals, nullptr, &kCheckEvery) < 0) system.check();
    return std::nullopt;
  } catch (const CommandError& failure) {
    return failure;
  }
}

// What functions still use can't be taken apart.
[[noreturn]] void leave(DataDirectory directory, const std::optional<CommandError>& failure) {
  std::cout << "  Closed; something was still waited for, and was left.\n" << std::flush;
  if (failure) std::cerr << "doorbuster: " << failure->what() << '\n';
  { const DataDirectory removed = std::move(directory); }
  std::_Exit(failure ? failure->exit_code : 0);
}

}  // namespace

int up(const UpOptions& options) {
  outlive_readers();
  const sigset_t signals = block_stop_signals();
  auto server_settings = server_options(options);
  auto door_settings = door_options(options);
  auto listeners = listen(options, door_settings.keys);
  auto directory =
      options.data ? DataDirectory::for_writing(*options.data) : DataDirectory::temporary();
  auto front_settings = front_options(options, listeners.shop, directory);
  const auto addresses = addresses_of(options, listeners, front_settings.token);
  Progress notes(false);
  const auto log = [&notes](std::string_view line) { notes.note(line); };
  server_settings.log = log;
  door_settings.log = log;
  front_settings.server = server_settings;
  front_settings.endpoint = addresses.endpoint;
  aws::HttpClient client(kPosting);  // of the topics' deliveries, which end with the system
  std::optional<Smtp> smtp;          // as well
  if (options.smtp) smtp.emplace(smtp_options(options));
  const cloud::SystemClock clock;
  runtime::ProcessHost zips(host_options(directory, addresses.endpoint, door_settings.keys, log),
                            clock);
  Embedded system({.directory = directory,
                   .log = log,
                   .endpoint = addresses.endpoint,
                   .zips = &zips,
                   .function_logs = function_logs(directory),
                   .checkout = options.checkout});
  const StopFirst stop_first(zips);
  door_settings.pages[std::string(engine::kCertificatePath)] = certificate_of(system);
  gateway::AwsDoor door(std::move(door_settings), system.services(), clock);
  std::optional<gateway::Server> server;
  try {
    server.emplace(std::move(listeners.door), server_settings, door, clock);
  } catch (const std::runtime_error& e) {
    throw CommandError(2, e.what());
  }
  std::optional<topology::Resources> resources;
  ShopFront front(std::move(listeners.shop), std::move(front_settings), system, clock);
  if (options.demo) {
    resources = system.set_up();
    system.set_up_checkout(*resources);
    system.start_functions(*resources);
  }
  system.start_lambda();
  system.start_deliveries(post_by(client), smtp ? mail_by(*smtp) : nullptr);
  system.start_tasks();
  system.start_metrics();
  server->start();
  front.start();
  greet(options, addresses, directory, resources);
  const auto failure = wait_for_stop(system, signals);
  front.stop();
  server->stop();
  zips.stop();
  if (!system.stop()) leave(std::move(directory), failure);
  if (failure) throw CommandError(*failure);
  std::cout << "  Closed; every request was answered.\n";
  return 0;
}

}  // namespace doorbuster::cli
