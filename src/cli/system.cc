#include "cli/system.h"

#include <random>

#include "aws/settings.h"
#include "cli/embedded.h"
#include "cli/remote.h"
#include "orders/invoice_json.h"

namespace doorbuster::cli {
namespace {

// Each function may block one thread with its database; the others go on.
constexpr std::size_t kThreads = 4;

// An embedded system with the directory that it is in.
class OwnedDirectory {
 protected:
  explicit OwnedDirectory(DataDirectory directory) : directory_(std::move(directory)) {}
  DataDirectory directory_;
};
class EmbeddedInDirectory final : private OwnedDirectory, public Embedded {
 public:
  explicit EmbeddedInDirectory(DataDirectory directory)
      : OwnedDirectory(std::move(directory)), Embedded({directory_, {}}) {}
};

}  // namespace

System::System() : pool_(kThreads) {}

System::~System() {
  pool_.join();
}

topology::Account System::account() {
  return {s3(), sns(), sqs(), lambda(), step_functions(), iam(), scope()};
}

topology::Resources System::set_up() {
  return wait(topology::set_up(account(), [] { return std::random_device()(); }));
}

topology::Resources System::resources() {
  if (auto found = wait(topology::find(account()))) return *found;
  throw CommandError(2,
                     "nothing has been set up in " + where() + " yet: run doorbuster setup first");
}

topology::Checkout System::set_up_checkout(const topology::Resources& resources) {
  return wait(topology::set_up_checkout(account(), resources.bucket));
}

std::optional<topology::Checkout> System::find_checkout() {
  return wait(topology::find_checkout(account()));
}

topology::Checkout System::checkout() {
  if (auto found = find_checkout()) return *found;
  throw CommandError(2, "there is no checkout in " + where() + " yet: run doorbuster setup first");
}

System::StoredInvoice System::invoice(const std::string& bucket, const std::string& key) {
  cloud::GetObjectRequest request;
  request.Bucket = bucket;
  request.Key = key;
  auto object = wait(s3().GetObject(std::move(request)));
  return {wait(cloud::read_all(std::move(object.Body), orders::kJsonBytesMax)), object.ETag};
}

std::uint64_t System::depth(const std::string& queue_url) {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = queue_url;
  request.AttributeNames = {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"};
  std::uint64_t total = 0;
  const auto result = wait(sqs().GetQueueAttributes(std::move(request)));
  for (const auto& [name, value] : result.Attributes) total += std::stoull(value);
  return total;
}

std::string in_words(const Place& place) {
  return place.data ? " --data " + place.data->string() : "";
}

bool in_the_cloud() {
  return aws::names_endpoint(aws::process_variables());
}

void ask_for_place() {
  throw CommandError(2,
                     "which system? Give its directory with --data DIR, or set AWS_ENDPOINT_URL to "
                     "the address of one that runs");
}

std::unique_ptr<System> open_system(const Place& place, Needs needs) {
  if (in_the_cloud()) {
    try {
      return std::make_unique<Remote>(aws::read_settings(aws::process_variables()), place.data);
    } catch (const aws::SettingsError& e) {
      throw CommandError(2, e.what());
    }
  }
  if (!place.data) ask_for_place();
  return std::make_unique<EmbeddedInDirectory>(needs == Needs::any
                                                   ? DataDirectory::for_writing(*place.data)
                                                   : DataDirectory::existing(*place.data));
}

}  // namespace doorbuster::cli
