#include "simulation.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "functions/invoice_events.h"
#include "functions/record_sales.h"
#include "functions/ship_invoices.h"
#include "inspection.h"

namespace doorbuster::simulator {

namespace json = boost::json;

namespace {

constexpr const char* kCounts[] = {"ApproximateNumberOfMessages",
                                   "ApproximateNumberOfMessagesNotVisible",
                                   "ApproximateNumberOfMessagesDelayed"};

constexpr int kSteps = 2'000;
constexpr int kOpeningsMax = 50;
constexpr seconds kQuietStep{10};
constexpr std::chrono::hours kQuietWithin{2};

orders::GeneratorOptions orders_of(std::uint64_t seed) {
  orders::GeneratorOptions options;
  options.seed = seed;
  options.corrupt_share = 0.08;
  options.cancellation_share = 0.1;
  options.products = 12;
  options.lines_max = 4;
  return options;
}

std::string id_of(const json::value& record) {
  return std::string(record.at("messageId").as_string());
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, bool verbose, std::filesystem::path directory)
    : world_(seed, verbose),
      directory_(std::move(directory)),
      generator_(orders_of(seed)),
      orders_(15 + world_.chance.below(30)),
      opening_stock_(world_.chance.between(0, 25)),
      standard_(world_, "Side", 8),
      fifo_(world_, "Side.fifo", 8),
      host_(world_),
      checkout_(world_, host_, seed, directory_ / "payments.db"),
      executions_(world_, host_),
      events_(world_, host_),
      maps_(world_, host_) {
  world_.bed.host = &host_;
  workers_.resize(2);
  workers_[0].make = [this] {
    return functions::ShipInvoices(world_.bed.s3(), world_.bed.sqs(), *shipping_,
                                   world_.bed.clock());
  };
  workers_[1].make = [this] {
    return functions::RecordSales(world_.bed.s3(), world_.bed.sqs(), *sales_, world_.bed.clock());
  };
}

void Simulation::run() {
  if (world_.chance.percent(30)) {
    world_.disk.cut_power_in(1 + world_.chance.below(60), world_.chance.percent(50));
  }
  open();
  run_with_faults();
  world_.trace("no more faults, after " + std::to_string(world_.disk.changes()) + " changes");
  world_.faults = false;
  world_.disk.cut_power_in(0, false);
  if (!world_.disk.powered()) restart();
  run_until_quiet();
  for (const auto& queue : queues()) redrive(queue);
  run_until_quiet();
  Inspection(*this).check();
}

// --- The process ------------------------------------------------------------------------------

void Simulation::open_databases() {
  shipping_.reset();
  sales_.reset();
  functions::ShippingOptions shipping;
  shipping.database.path = directory_ / "shipping.db";
  shipping.opening_stock = opening_stock_;
  shipping_ = std::make_unique<functions::ShippingDatabase>(shipping);
  functions::DatabaseOptions sales;
  sales.path = directory_ / "sales.db";
  sales_ = std::make_unique<functions::SalesDatabase>(sales);
}

// The power may go again before the engine is there.
void Simulation::open() {
  for (int i = 0;; ++i) {
    try {
      world_.bed.open();
      set_up();
      break;
    } catch (const std::exception& e) {
      world_.trace(std::string("not opened: ") + e.what());
      require(!world_.disk.powered() && i < kOpeningsMax, e.what());
    }
    world_.close();
    world_.disk.restart(world_.chance);
  }
  open_databases();
  start_workers();
  world_.trace("opened");
}

// Changes nothing where it has been done before a crash.
void Simulation::set_up() {
  engine::TestBed& bed = world_.bed;
  const auto iam = engine::make_iam(bed.engine(), {});
  const topology::Account account{
      bed.s3(), bed.sns(), bed.sqs(), bed.lambda(), bed.step_functions(), *iam, {}};
  const auto random = [this] { return static_cast<std::uint32_t>(world_.chance.next()); };
  resources_ = bed.run(topology::set_up(account, random));
  workers_[0].queue = resources_.shipping;
  workers_[1].queue = resources_.analytics;
  standard_.create_queue();
  fifo_.create_queue();
  checkout_.set_up(account, resources_.bucket);
  executions_.set_up();
  events_.set_up();
  maps_.set_up();
}

void Simulation::start_workers() {
  for (Worker& worker : workers_) {
    worker.function = worker.make();
    engine::EventSource request;
    request.EventSourceArn = worker.queue.arn;
    request.FunctionName = worker.queue.name;
    request.BatchSize = world_.chance.between(1, 10);
    request.MaximumConcurrency = world_.chance.between(1, 3);
    cloud::Handler handler = [this, &worker](json::value event, cloud::Context context) {
      return handle(worker, std::move(event), std::move(context));
    };
    worker.mapping = std::make_unique<engine::EventSourceMapping>(
        world_.bed.engine(), std::move(request), std::move(handler),
        world_.bed.context().get_executor());
  }
  standard_.start();
  fifo_.start();
  checkout_.start();
  executions_.start();
  events_.start();
  maps_.start();
}

// The process is gone, or the machine; producers put again what was not acknowledged to them.
void Simulation::restart() {
  ++crashes_;
  const bool power_cut = !world_.disk.powered() || world_.chance.percent(50);
  world_.trace(power_cut ? "power cut" : "killed");
  if (power_cut) world_.disk.cut_power();
  world_.close();
  for (Worker& worker : workers_) worker.mapping.reset();
  if (power_cut) {
    world_.disk.restart(world_.chance);
  } else {
    world_.disk.restart_process();
  }
  world_.kill = false;
  for (auto& [key, upload] : uploads_) upload.in_the_air = false;
  // A crash while it recovers from a crash.
  if (world_.happens(20)) {
    world_.disk.cut_power_in(1 + world_.chance.below(60), world_.chance.percent(50));
  }
  open();
}

// --- While there are faults -------------------------------------------------------------------

void Simulation::run_with_faults() {
  for (int i = 0; i < kSteps; ++i) {
    step();
    world_.rethrow();
    check_power();
  }
}

void Simulation::step() {
  const auto what = world_.chance.below(100);
  if (what < 55) {
    world_.bed.context().restart();
    world_.bed.context().poll_one();
  } else if (what < 80) {
    world_.bed.engine().turn();
  } else if (what < 84) {
    world_.disk.run_background();
  } else if (world_.disk.powered()) {
    if (world_.chance.percent(75)) {
      act();
    } else {
      act_on_checkout();
    }
  }
}

void Simulation::act() {
  const auto what = world_.chance.below(100);
  if (what < 45) {
    upload_next();
  } else if (what < 55) {
    upload_again();
  } else if (what < 60) {
    copy_message();
  } else if (what < 62) {
    redrive(queues()[world_.chance.below(queues().size())]);
  } else if (what < 90) {
    pass_some_time();
  } else if (what < 92) {
    break_something();
  }
}

void Simulation::act_on_checkout() {
  const auto what = world_.chance.below(100);
  if (what < 25) {
    checkout_.send_next();
  } else if (what < 32) {
    checkout_.send_again();
  } else if (what < 45) {
    executions_.start_next();
  } else if (what < 70) {
    executions_.answer_any();
  } else if (what < 73) {
    executions_.stop_any();
  } else if (what < 85) {
    events_.send_next();
  } else if (what < 95) {
    maps_.start_next();
  }
}

void Simulation::pass_some_time() {
  constexpr int kLong_ms = 40'000;
  const milliseconds time(world_.chance.percent(70) ? world_.chance.between(1, 500)
                                                    : world_.chance.between(500, kLong_ms));
  if (world_.chance.percent(30)) {
    world_.pass(time);
  } else {
    world_.bed.clock().advance(time);
    world_.wake();
  }
}

void Simulation::break_something() {
  if (world_.chance.percent(80)) {
    world_.disk.cut_power_in(1 + world_.chance.below(12), world_.chance.percent(50));
  } else {
    world_.kill = true;
  }
}

// A process whose disk has failed may live on for a while.
void Simulation::check_power() {
  const auto& log = world_.bed.log();
  for (; logged_ < log.size(); ++logged_) world_.trace("log: " + log[logged_]);
  if (world_.disk.powered()) {
    require(!world_.bed.engine().failure(), "the engine has stopped on a disk that works");
  }
  if (world_.kill || (!world_.disk.powered() && world_.chance.percent(25))) restart();
}

// --- Producers --------------------------------------------------------------------------------

void Simulation::upload_next() {
  for (auto& [key, upload] : uploads_) {
    if (upload.acknowledged == 0 && !upload.in_the_air) return world_.spawn(put(key));
  }
  if (next_order_ == orders_) return;
  orders::Draft draft = generator_.order(next_order_);
  const std::string key = "2026/" + draft.number + ".json";
  uploads_[key] = {next_order_++, std::move(draft.text), draft.corrupt, false, 0, 0};
  world_.spawn(put(key));
}

// The same object again, or the same content under another key.
void Simulation::upload_again() {
  if (uploads_.empty()) return;
  const auto it = std::next(uploads_.begin(),
                            static_cast<std::ptrdiff_t>(world_.chance.below(uploads_.size())));
  std::string key = it->first;
  if (world_.chance.percent(30)) {
    Upload copy = it->second;
    copy.in_the_air = false;
    copy.tried = copy.acknowledged = 0;
    key = "again/" + key;
    uploads_.try_emplace(key, std::move(copy));
  }
  if (!uploads_.at(key).in_the_air) world_.spawn(put(key));
}

cloud::Async<void> Simulation::put(std::string key) {
  Upload& upload = uploads_.at(key);
  upload.in_the_air = true;
  ++upload.tried;
  cloud::PutObjectRequest request;
  request.Bucket = resources_.bucket;
  request.Key = key;
  request.Body = upload.body;
  try {
    co_await world_.bed.s3().PutObject(std::move(request));
    ++upload.acknowledged;
    world_.trace("put " + key);
  } catch (const cloud::Error& e) {
    world_.trace("not put " + key + ": " + e.code());
  }
  upload.in_the_air = false;
}

void Simulation::copy_message() {
  Worker& worker = workers_[world_.chance.below(workers_.size())];
  if (worker.bodies.empty()) return;
  std::string body = worker.bodies[world_.chance.below(worker.bodies.size())];
  for (const auto& object : functions::parse_s3_event(body)) {
    world_.spawn(send_copy(worker, body, object.key));
  }
}

cloud::Async<void> Simulation::send_copy(Worker& worker, std::string body, std::string key) {
  cloud::SendMessageRequest request;
  request.QueueUrl = worker.queue.url;
  request.MessageBody = std::move(body);
  request.DelaySeconds = world_.chance.between(0, 60);
  ++worker.copies[key].tried;
  try {
    co_await world_.bed.sqs().SendMessage(std::move(request));
    ++worker.copies[key].acknowledged;
    world_.trace(worker.queue.name + " took a copy of " + key);
  } catch (const cloud::Error&) {
    // Nobody tries again.
  }
}

// What an operator does with dead letters; an error says that it is being done already.
void Simulation::redrive(const topology::QueueWithDeadLetters& queue) {
  cloud::StartMessageMoveTaskRequest request;
  request.SourceArn = queue.dead_letter_arn;
  const auto task = world_.bed.begin(world_.bed.sqs().StartMessageMoveTask(request));
  world_.trace("redrive of " + queue.name + (task->value ? " begins" : " fails"));
}

std::vector<topology::QueueWithDeadLetters> Simulation::queues() const {
  return {workers_[0].queue, workers_[1].queue, checkout_.queue()};
}

// --- Functions that fail ----------------------------------------------------------------------

void Simulation::note(Worker& worker, const json::value& event) {
  std::string line = worker.queue.name + " gives";
  for (const json::value& record : event.at("Records").as_array()) {
    worker.bodies.emplace_back(record.at("body").as_string());
    line += ' ' + id_of(record) + " #" +
            std::string(record.at("attributes").at("ApproximateReceiveCount").as_string());
  }
  world_.trace(line);
}

cloud::Async<json::value> Simulation::handle(Worker& worker, json::value event,
                                             cloud::Context context) {
  note(worker, event);
  if (world_.happens(5)) throw std::runtime_error("a failure before the effect");
  constexpr int kStall_s = 3 * topology::kVisibilityTimeout_s;
  if (world_.happens(5)) co_await world_.sleep(seconds(world_.chance.between(1, kStall_s)));
  json::value result;
  if (world_.happens(8)) {
    result = co_await handle_part(worker, std::move(event), std::move(context));
  } else {
    result = co_await worker.function(std::move(event), std::move(context));
  }
  world_.trace(worker.queue.name + " answers " + json::serialize(result));
  if (world_.happens(2)) world_.kill = true;
  if (world_.happens(5)) throw std::runtime_error("a failure after the effect");
  if (world_.happens(3)) {
    result = {{"batchItemFailures", {{{"itemIdentifier", "nobody knows this one"}}}}};
  }
  if (world_.happens(5)) co_await world_.sleep(seconds(world_.chance.between(1, kStall_s)));
  co_return result;
}

// Works on some of the messages and says so.
cloud::Async<json::value> Simulation::handle_part(Worker& worker, json::value event,
                                                  cloud::Context context) {
  json::array part;
  json::array failures;
  for (json::value& record : event.at("Records").as_array()) {
    if (world_.chance.percent(50)) {
      part.push_back(std::move(record));
    } else {
      failures.push_back(json::object{{"itemIdentifier", id_of(record)}});
    }
  }
  json::value rest = json::object{{"Records", std::move(part)}};
  json::value result = co_await worker.function(std::move(rest), std::move(context));
  auto& all = result.at("batchItemFailures").as_array();
  all.insert(all.end(), failures.begin(), failures.end());
  co_return result;
}

// --- When there are no more -------------------------------------------------------------------

cloud::AttributeMap Simulation::attributes(const std::string& url) {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = url;
  request.AttributeNames = {"All"};
  return world_.bed.run(world_.bed.sqs().GetQueueAttributes(request)).Attributes;
}

bool Simulation::quiet() {
  if (next_order_ < orders_ || !standard_.done() || !fifo_.done() || redriving()) return false;
  for (const auto& [key, upload] : uploads_) {
    if (upload.acknowledged == 0 || upload.in_the_air) return false;
  }
  return backlog().empty();
}

// What has an end and hasn't come to it; the queues that are worked off and aren't empty, with what
// they hold.
std::string Simulation::backlog() {
  std::string text;
  if (!checkout_.done()) text += " the checkout";
  if (!executions_.done()) text += " executions that wait";
  if (!events_.done()) text += " events";
  if (!maps_.done()) text += " Maps";
  for (const std::string& url : {workers_[0].queue.url, workers_[1].queue.url,
                                 checkout_.queue().url, standard_.url(), fifo_.url()}) {
    const auto all = attributes(url);
    for (const char* count : kCounts) {
      if (all.at(count) != "0") text += ' ' + url + ' ' + count + ' ' + all.at(count);
    }
  }
  return text;
}

bool Simulation::redriving() {
  for (const auto& queue : queues()) {
    cloud::ListMessageMoveTasksRequest request;
    request.SourceArn = queue.dead_letter_arn;
    const auto tasks = world_.bed.run(world_.bed.sqs().ListMessageMoveTasks(request)).Results;
    if (!tasks.empty() && tasks.front().Status == "RUNNING") return true;
  }
  return false;
}

void Simulation::run_until_quiet() {
  const cloud::Time deadline = world_.bed.clock().now() + kQuietWithin;
  for (;;) {
    upload_next();
    checkout_.send_next();
    executions_.start_next();
    executions_.answer_all();
    events_.send_next();
    maps_.start_next();
    world_.pass(milliseconds(1));
    while (world_.disk.run_background()) {
    }
    if (quiet()) return;
    if (world_.bed.clock().now() > deadline) throw Violation("something is stuck:" + backlog());
    const bool more = next_order_ < orders_;
    world_.pass(more ? milliseconds(1) : milliseconds(kQuietStep));
  }
}

}  // namespace doorbuster::simulator
