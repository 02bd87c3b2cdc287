#include "engine/state_machines.h"

#include <gtest/gtest.h>

#include "engine/step_functions_driver.h"

namespace doorbuster::engine {
namespace {

constexpr const char* kPass = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
constexpr const char* kOther = R"({"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}})";

class StateMachinesTest : public testing::Test {
 protected:
  std::string error_of(const cloud::CreateStateMachineInput& request) {
    return bed.error_of(bed.step_functions().CreateStateMachine(request));
  }
  cloud::DescribeStateMachineOutput describe(const std::string& arn) {
    return bed.run(bed.step_functions().DescribeStateMachine({arn, ""}));
  }

  TestBed bed;
  StepFunctionsDriver machine{bed};
};

TEST_F(StateMachinesTest, IsDescribedAsItWasCreatedAlsoAfterACrash) {
  const auto arn = machine.create(kPass, "EXPRESS");
  EXPECT_EQ(arn, "arn:aws:states:us-east-1:000000000000:stateMachine:Machine");
  bed.reopen();
  const auto seen = describe(arn);
  EXPECT_EQ(seen.name, "Machine");
  EXPECT_EQ(seen.type, "EXPRESS");
  EXPECT_EQ(seen.status, "ACTIVE");
  EXPECT_EQ(seen.definition, kPass);
  EXPECT_EQ(seen.roleArn, StepFunctionsDriver::kRole);
  EXPECT_EQ(seen.creationDate, bed.clock().now());
  EXPECT_EQ(seen.loggingConfiguration.at("level"), "OFF");
  EXPECT_EQ(seen.encryptionConfiguration.at("type"), "AWS_OWNED_KEY");
  EXPECT_EQ(bed.run(bed.step_functions().DescribeStateMachine({arn, "METADATA_ONLY"})).definition,
            "");
}

TEST_F(StateMachinesTest, TheSameAgainIsTheSame) {
  const auto arn = machine.create(kPass);
  auto request = StepFunctionsDriver::order(kPass);
  request.roleArn = "arn:aws:iam::000000000000:role/Other";
  EXPECT_EQ(bed.run(bed.step_functions().CreateStateMachine(request)).stateMachineArn, arn);
  EXPECT_EQ(describe(arn).roleArn, StepFunctionsDriver::kRole);
  EXPECT_EQ(error_of(StepFunctionsDriver::order(kOther)), "StateMachineAlreadyExists");
  EXPECT_EQ(error_of(StepFunctionsDriver::order(kPass, "EXPRESS")), "StateMachineAlreadyExists");
}

TEST_F(StateMachinesTest, RefusesWhatAwsRefuses) {
  const auto with = [](auto change) {
    auto request = StepFunctionsDriver::order(kPass);
    change(request);
    return request;
  };
  EXPECT_EQ(error_of(with([](auto& r) { r.name = "a/b"; })), "InvalidName");
  EXPECT_EQ(error_of(with([](auto& r) { r.roleArn = "arn:aws:iam::1:user/x"; })), "InvalidArn");
  EXPECT_EQ(error_of(with([](auto& r) { r.type = "QUICK"; })), "StateMachineTypeNotSupported");
  EXPECT_EQ(error_of(with([](auto& r) { r.versionDescription = "1"; })), "ValidationException");
  EXPECT_EQ(error_of(with([](auto& r) { r.definition = "{}"; })), "InvalidDefinition");
  EXPECT_EQ(error_of(with([](auto& r) {
              r.loggingConfiguration = {{"level", "ALL"}, {"destinations", boost::json::array()}};
            })),
            "InvalidLoggingConfiguration");
  EXPECT_EQ(error_of(with([](auto& r) { r.definition = std::string((1 << 20) + 1, ' '); })),
            "ValidationException");
  EXPECT_EQ(error_of(with([](auto& r) { r.tags.resize(51); })), "TooManyTags");
  EXPECT_EQ(error_of(with([](auto& r) {
              r.encryptionConfiguration = {{"type", "CUSTOMER_MANAGED_KMS_KEY"}};
            })),
            "InvalidEncryptionConfiguration");
}

TEST_F(StateMachinesTest, AnExpressOneCannotWaitForOthers) {
  const auto task = [](const std::string& resource) {
    return R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":")" + resource +
           R"(","Parameters":{"StateMachineArn":"a","QueueUrl":"u","MessageBody":"b"},
               "End":true}}})";
  };
  const auto refused = [&](const std::string& definition) {
    EXPECT_EQ(error_of(StepFunctionsDriver::order(definition, "EXPRESS")), "InvalidDefinition");
    machine.create(definition, "STANDARD", "Standard");
    cloud::UpdateStateMachineInput change;
    change.stateMachineArn = machine.create(kPass, "EXPRESS", "Express");
    change.definition = definition;
    EXPECT_EQ(bed.error_of(bed.step_functions().UpdateStateMachine(change)), "InvalidDefinition");
    bed.run(bed.step_functions().DeleteStateMachine({StepFunctionsDriver::arn("Standard")}));
  };
  refused(task("arn:aws:states:::states:startExecution.sync:2"));
  refused(task("arn:aws:states:::sqs:sendMessage.waitForTaskToken"));
  refused(task("arn:aws:states:us-east-1:000000000000:activity:a"));
  refused(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{
      "ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
      "StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}}}})");
  machine.create(task("arn:aws:states:::sqs:sendMessage"), "EXPRESS");
}

TEST_F(StateMachinesTest, ExpressChildrenCannotWaitForOthers) {
  const std::string definition = R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
      "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"TYPE"},
      "StartAt":"A","States":{"A":{"Type":"Task","End":true,
      "Resource":"arn:aws:states:us-east-1:000000000000:activity:a"}}}}}})";
  const auto of = [&](const std::string& type) {
    std::string text = definition;
    return StepFunctionsDriver::order(text.replace(text.find("TYPE"), 4, type));
  };
  EXPECT_EQ(error_of(of("EXPRESS")), "InvalidDefinition");
  EXPECT_EQ(error_of(of("STANDARD")), "");
}

TEST_F(StateMachinesTest, SaysWhatIsWrongWithADefinition) {
  try {
    machine.create(R"({"StartAt":"A","States":{"A":{"Type":"Pass"}}})");
    FAIL();
  } catch (const cloud::Error& e) {
    EXPECT_EQ(e.code(), "InvalidDefinition");
    EXPECT_TRUE(
        e.message().starts_with("Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: "))
        << e.message();
  }
}

TEST_F(StateMachinesTest, RefusesAResourceThatIsNotToBeHad) {
  try {
    machine.create(R"({"StartAt":"A","States":{"A":{"Type":"Task",
        "Resource":"arn:aws:states:::dynamodb:getItem","Parameters":{},"End":true}}})");
    FAIL();
  } catch (const cloud::Error& e) {
    EXPECT_EQ(e.code(), "InvalidDefinition");
    EXPECT_NE(e.message().find("arn:aws:states:::dynamodb:getItem"), std::string::npos);
    EXPECT_NE(e.message().find("/States/A/Resource"), std::string::npos);
  }
}

TEST_F(StateMachinesTest, RefusesATaskThatLacksWhatItNeeds) {
  bed.required_members =
      [](const ServiceOperation& operation) -> std::optional<std::vector<std::string>> {
    if (operation.name != "SendMessage") return std::nullopt;
    return std::vector<std::string>{"QueueUrl", "MessageBody"};
  };
  bed.reopen();
  const auto refusal = [&](const std::string& resource, const std::string& more) -> std::string {
    cloud::ValidateStateMachineDefinitionInput request;
    request.definition = R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":")" + resource +
                         "\"," + more + R"("End":true}}})";
    const auto result = bed.run(bed.step_functions().ValidateStateMachineDefinition(request));
    if (result.diagnostics.empty()) return "";
    return result.diagnostics[0].message + " at " + result.diagnostics[0].location;
  };
  const std::string send = "arn:aws:states:::sqs:sendMessage";
  EXPECT_EQ(refusal(send, R"("Parameters":{"QueueUrl":"u","MessageBody.$":"$"},)"), "");
  EXPECT_EQ(refusal(send, R"("Parameters":{"QueueUrl":"u"},)"),
            "The field 'MessageBody' is required but was missing at /States/A/Parameters");
  EXPECT_EQ(refusal(send, ""),
            "Parameters field is required for resource ARN: " + send + " at /States/A");
  EXPECT_THAT(refusal("arn:aws:states:::aws-sdk:sqs:sendmessage", R"("Parameters":{},)"),
              testing::StartsWith("The resource provided arn:aws:states:::aws-sdk:sqs:sendmessage "
                                  "is not recognized."));
}

TEST_F(StateMachinesTest, IsUpdatedAndDeleted) {
  const auto arn = machine.create(kPass);
  cloud::UpdateStateMachineInput update;
  update.stateMachineArn = arn;
  EXPECT_EQ(bed.error_of(bed.step_functions().UpdateStateMachine(update)),
            "MissingRequiredParameter");
  update.definition = kOther;
  bed.run(bed.step_functions().UpdateStateMachine(update));
  bed.reopen();
  EXPECT_EQ(describe(arn).definition, kOther);
  EXPECT_EQ(describe(arn).roleArn, StepFunctionsDriver::kRole);
  EXPECT_FALSE(describe(arn).revisionId.empty());
  bed.run(bed.step_functions().DeleteStateMachine({arn}));
  bed.run(bed.step_functions().DeleteStateMachine({arn}));
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeStateMachine({arn, ""})),
            "StateMachineDoesNotExist");
  EXPECT_EQ(bed.error_of(bed.step_functions().UpdateStateMachine(update)),
            "StateMachineDoesNotExist");
}

// --- Several commands in one turn -------------------------------------------------------------

TEST_F(StateMachinesTest, TheSameTwiceInOneTurnIsTheSame) {
  const auto order = StepFunctionsDriver::order(kPass);
  const auto first = bed.begin_later(bed.step_functions().CreateStateMachine(order));
  const auto second = bed.begin_later(bed.step_functions().CreateStateMachine(order));
  const auto seen =
      bed.begin_later(bed.step_functions().DescribeStateMachine({StepFunctionsDriver::arn(), ""}));
  bed.settle();
  ASSERT_TRUE(first->value);
  ASSERT_TRUE(second->value);
  EXPECT_EQ(second->value->stateMachineArn, first->value->stateMachineArn);
  ASSERT_TRUE(seen->value);
  EXPECT_EQ(seen->value->definition, kPass);
}

TEST_F(StateMachinesTest, UpdatesOfOneTurnAddUp) {
  const auto arn = machine.create(kPass);
  const std::string role = "arn:aws:iam::000000000000:role/Other";
  cloud::UpdateStateMachineInput definition;
  definition.stateMachineArn = arn;
  definition.definition = kOther;
  cloud::UpdateStateMachineInput other_role;
  other_role.stateMachineArn = arn;
  other_role.roleArn = role;
  bed.begin_later(bed.step_functions().UpdateStateMachine(definition));
  bed.begin_later(bed.step_functions().UpdateStateMachine(other_role));
  bed.settle();
  bed.reopen();
  EXPECT_EQ(describe(arn).definition, kOther);
  EXPECT_EQ(describe(arn).roleArn, role);
  EXPECT_EQ(machine.status(machine.start(arn, "one", "{}")), "SUCCEEDED");
}

// Its definition has to be compiled again, and the store has no record of the new revision yet.
TEST_F(StateMachinesTest, IsStartedInTheTurnOfItsFirstUpdateAfterACrash) {
  const auto arn = machine.create(kPass);
  bed.reopen();
  cloud::UpdateStateMachineInput update;
  update.stateMachineArn = arn;
  update.roleArn = "arn:aws:iam::000000000000:role/Other";
  auto change = [update](Machine& m, Turn& turn) {
    return m.state_machines.update(turn, update, nullptr);
  };
  bed.begin_later(bed.engine().call<cloud::UpdateStateMachineOutput>(std::move(change)));
  const auto started = bed.begin_later(bed.step_functions().StartExecution({arn, "one", "{}", ""}));
  bed.settle();
  ASSERT_TRUE(started->value);
  EXPECT_EQ(machine.status(started->value->executionArn), "SUCCEEDED");
}

// --- Listing, tags, validation ----------------------------------------------------------------

TEST_F(StateMachinesTest, AreListedPageByPage) {
  for (int i = 0; i < 5; ++i) machine.create(kPass, "", "m" + std::to_string(i));
  cloud::ListStateMachinesInput request;
  request.maxResults = 2;
  std::string names;
  do {
    auto page = bed.run(bed.step_functions().ListStateMachines(request));
    for (const auto& item : page.stateMachines) names += item.name + ' ';
    request.nextToken = page.nextToken;
  } while (!request.nextToken.empty());
  EXPECT_EQ(names, "m0 m1 m2 m3 m4 ");
  request.nextToken = "x";
  EXPECT_EQ(bed.error_of(bed.step_functions().ListStateMachines(request)), "InvalidToken");
}

TEST_F(StateMachinesTest, AreTagged) {
  const auto arn = machine.create(kPass);
  bed.run(bed.step_functions().TagResource({arn, {{"a", "1"}, {"b", "2"}}}));
  bed.run(bed.step_functions().TagResource({arn, {{"a", "3"}}}));
  bed.run(bed.step_functions().UntagResource({arn, {"b"}}));
  bed.reopen();
  const auto tags = bed.run(bed.step_functions().ListTagsForResource({arn})).tags;
  EXPECT_EQ(tags, (std::vector<cloud::Tag>{{"a", "3"}}));
  EXPECT_EQ(bed.error_of(bed.step_functions().ListTagsForResource({arn + "x"})),
            "ResourceNotFound");
}

TEST_F(StateMachinesTest, DefinitionsAreValidated) {
  cloud::ValidateStateMachineDefinitionInput request;
  request.definition = kPass;
  EXPECT_EQ(bed.run(bed.step_functions().ValidateStateMachineDefinition(request)).result, "OK");
  request.definition = R"({"StartAt":"X","States":{"A":{"Type":"Pass","End":true}}})";
  const auto result = bed.run(bed.step_functions().ValidateStateMachineDefinition(request));
  EXPECT_EQ(result.result, "FAIL");
  ASSERT_FALSE(result.diagnostics.empty());
  EXPECT_EQ(result.diagnostics[0].severity, "ERROR");
}

}  // namespace
}  // namespace doorbuster::engine
