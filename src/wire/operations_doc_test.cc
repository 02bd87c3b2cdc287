// docs/operations.md says of every operation that it is there, and of none that is not.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "wire/operations.h"

namespace doorbuster::wire {
namespace {

using Names = std::set<std::string, std::less<>>;

// By service: the operations that the document's tables name.
std::map<std::string, Names> documented() {
  const std::map<std::string, std::string> services{{"SQS", "sqs"},
                                                    {"SNS", "sns"},
                                                    {"S3", "s3"},
                                                    {"IAM", "iam"},
                                                    {"STS", "sts"},
                                                    {"Lambda", "lambda"},
                                                    {"Step Functions", "states"},
                                                    {"CloudWatch", "monitoring"}};
  std::map<std::string, Names> found;
  std::ifstream in(DOORBUSTER_SOURCE_DIR "/docs/operations.md");
  std::string service;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) {
      const auto it = services.find(line.substr(3));
      service = it == services.end() ? "" : it->second;
      if (!service.empty()) found[service];
    }
    if (!service.empty() && line.starts_with("| `")) {
      found[service].insert(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return found;
}

TEST(OperationsDocTest, NamesWhatIsServed) {
  const auto doc = documented();
  for (const Service* service : services()) {
    Names served;
    for (const Operation& operation : service->operations) served.emplace(operation.name);
    ASSERT_TRUE(doc.contains(std::string(service->name))) << service->name;
    EXPECT_EQ(doc.at(std::string(service->name)), served) << service->name;
  }
}

}  // namespace
}  // namespace doorbuster::wire
