#include "cli/producer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "cli/data_directory.h"
#include "cloud/error.h"
#include "orders/generator.h"
#include "orders/invoice_file.h"
#include "orders/invoice_json.h"
#include "topology/topology.h"

namespace doorbuster::cli {
namespace {

class Generated final : public InvoiceSource {
 public:
  explicit Generated(const GeneratedOrders& options)
      : count_(options.orders), generator_(to_options(options)) {}

  std::uint64_t count() const override { return count_; }
  std::optional<Upload> next() override {
    if (next_ == count_) return std::nullopt;
    auto draft = generator_.order(next_++);
    return Upload{topology::invoice_key(draft.number), std::move(draft.text)};
  }

 private:
  static orders::GeneratorOptions to_options(const GeneratedOrders& options) {
    orders::GeneratorOptions generator;
    generator.seed = options.seed;
    generator.corrupt_share = options.corrupt_share;
    generator.lines_max = options.lines_max;
    // All of them on the day that gave the program its name.
    generator.orders_per_day = std::max<std::uint64_t>(options.orders, 1);
    return generator;
  }

  const std::uint64_t count_;
  const orders::Generator generator_;
  std::uint64_t next_ = 0;
};

class FromFile final : public InvoiceSource {
 public:
  explicit FromFile(const std::filesystem::path& path) : file_(path) {}

  std::uint64_t count() const override { return file_.invoice_count(); }
  std::optional<Upload> next() override {
    const auto invoice = file_.next();
    if (!invoice) return std::nullopt;
    return Upload{topology::invoice_key(invoice->number), orders::to_json(*invoice)};
  }

 private:
  orders::InvoiceFile file_;
};

}  // namespace

std::unique_ptr<InvoiceSource> generated(const GeneratedOrders& options) {
  return std::make_unique<Generated>(options);
}

std::unique_ptr<InvoiceSource> from_file(const std::filesystem::path& path) {
  try {
    return std::make_unique<FromFile>(path);
  } catch (const orders::InvoiceFileError& e) {
    throw CommandError(2, e.what());
  }
}

void Producer::start(const boost::asio::any_io_executor& executor, int concurrency) {
  spawn(executor, begin(concurrency));
}

void Producer::spawn(const boost::asio::any_io_executor& executor, cloud::Async<void> worker) {
  ++workers_;
  boost::asio::co_spawn(executor, std::move(worker), [this](std::exception_ptr error) {
    if (error) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = error;
    }
    --workers_;
  });
}

cloud::Async<void> Producer::begin(int concurrency) {
  cloud::ListObjectsV2Request list;
  list.Bucket = bucket_;
  list.MaxKeys = 1;
  bucket_was_empty_ = (co_await s3_.ListObjectsV2(std::move(list))).KeyCount == 0;
  const auto executor = co_await boost::asio::this_coro::executor;
  for (int i = 0; i < concurrency; ++i) spawn(executor, work());
}

std::exception_ptr Producer::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

std::optional<Upload> Producer::next() {
  const std::lock_guard lock(mutex_);
  if (error_ || stopping_) return std::nullopt;
  return source_.next();
}

cloud::Async<bool> Producer::exists(std::string key) {
  cloud::HeadObjectRequest request;
  request.Bucket = bucket_;
  request.Key = std::move(key);
  try {
    co_await s3_.HeadObject(std::move(request));
    co_return true;
  } catch (const cloud::Error& e) {
    if (e.status() == 404) co_return false;
    throw;
  }
}

cloud::Async<void> Producer::work() {
  while (auto upload = next()) {
    const bool there = !bucket_was_empty_ && co_await exists(upload->key);
    if (!there) {
      cloud::PutObjectRequest request;
      request.Bucket = bucket_;
      request.Key = std::move(upload->key);
      request.Body = std::move(upload->body);
      request.Headers.ContentType = "application/json";
      co_await s3_.PutObject(std::move(request));
    }
    ++(there ? found_ : put_);
  }
}

}  // namespace doorbuster::cli
