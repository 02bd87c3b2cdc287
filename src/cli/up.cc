#include "cli/up.h"

#include <csignal>
#include <iostream>

#include "aws/http_client.h"
#include "cli/credentials.h"
#include "cli/embedded.h"
#include "cli/shop_front.h"
#include "cli/terminal.h"
#include "engine/notification.h"
#include "gateway/aws_door.h"
#include "gateway/server.h"
#include "runtime/process_host.h"

namespace doorbuster::cli {
namespace {

constexpr timespec kCheckEvery{1, 0};

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
  std::optional<gateway::Listener> shop;
};

Listeners listen(const UpOptions& options, const wire::KeyRing& keys) {
  try {
    Listeners listeners{gateway::Listener(options.address, options.port), std::nullopt};
    gateway::require_keys(listeners.door, keys);
    if (options.demo) listeners.shop.emplace(options.address, options.shop_port);
    return listeners;
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

// Functions are given the first key of their account.
runtime::ProcessHostOptions host_options(const DataDirectory& directory,
                                         const std::string& endpoint, const wire::KeyRing& keys) {
  runtime::ProcessHostOptions host;
  host.code = directory.functions() / "code";
  host.logs = directory.functions() / "logs";
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

void greet(const UpOptions& options, const std::string& endpoint, const std::string& shop_url,
           const DataDirectory& directory, const std::optional<topology::Resources>& resources) {
  std::string text = "  Doorbuster is open.\n\n";
  if (!shop_url.empty()) text += "  shop    " + styled(stdout, "1", shop_url) + '\n';
  text += "  AWS     " + styled(stdout, "1", endpoint) +
          "  S3, SNS, SQS, Lambda, Step Functions, STS, IAM; " +
          (options.credentials ? "signatures are checked" : "any credentials will do") + '\n';
  text += "  data    " + directory.path().string() +
          (options.data ? "" : "  (removed at the end; --data DIR keeps it)") + '\n';
  if (resources) {
    text += "  bucket  " + resources->bucket + "\n  topic   " + resources->topic_arn +
            "\n  queues  " + resources->shipping.url + "\n          " + resources->analytics.url +
            "\n  orders  to " + topology::kOrdersQueue + ", through " + topology::kStateMachine +
            '\n';
  }
  text += "\n  Try     AWS_ENDPOINT_URL=" + endpoint + " aws s3 ls\n  Stop    Ctrl-C\n";
  std::cout << text << std::flush;
}

// Until a signal comes. Throws CommandError if the disk fails before.
void wait_for_stop(const Embedded& system, const sigset_t& signals) {
  while (sigtimedwait(&signals, nullptr, &kCheckEvery) < 0) system.check();
}

}  // namespace

int up(const UpOptions& options) {
  const sigset_t signals = block_stop_signals();
  auto server_settings = server_options(options);
  auto door_settings = door_options(options);
  auto listeners = listen(options, door_settings.keys);
  const std::string endpoint =
      options.endpoint.empty() ? url_of(options, listeners.door) : options.endpoint;
  const std::string shop_url = listeners.shop ? url_of(options, *listeners.shop) : "";
  const auto directory =
      options.data ? DataDirectory::for_writing(*options.data) : DataDirectory::temporary();
  Progress notes(false);
  const auto log = [&notes](std::string_view line) { notes.note(line); };
  server_settings.log = log;
  door_settings.log = log;
  aws::HttpClient client;  // of the topics' deliveries, which end with the system
  const cloud::SystemClock clock;
  runtime::ProcessHost zips(host_options(directory, endpoint, door_settings.keys), clock);
  Embedded system({.directory = directory,
                   .log = log,
                   .endpoint = endpoint,
                   .zips = &zips,
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
  std::optional<ShopFront> shop;
  if (options.demo) {
    resources = system.set_up();
    const auto checkout = system.set_up_checkout(*resources);
    system.start_functions(*resources);
    shop.emplace(std::move(*listeners.shop), server_settings, options.checkout.rules, system,
                 checkout);
  }
  system.start_lambda();
  system.start_deliveries(post_by(client));
  system.start_tasks();
  system.start_metrics();
  server->start();
  if (shop) shop->start();
  greet(options, endpoint, shop_url, directory, resources);
  wait_for_stop(system, signals);
  if (shop) shop->stop();
  server->stop();
  zips.stop();
  system.stop();
  std::cout << "  Closed; every request was answered.\n";
  return 0;
}

}  // namespace doorbuster::cli
