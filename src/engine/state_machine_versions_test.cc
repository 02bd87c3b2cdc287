#include "engine/state_machine_versions.h"

#include <gtest/gtest.h>

#include "engine/step_functions_driver.h"

namespace doorbuster::engine {
namespace {

std::string gives(int result) {
  return R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":)" + std::to_string(result) +
         R"(,"End":true}}})";
}

class StateMachineVersionsTest : public testing::Test {
 protected:
  cloud::StepFunctions& states() { return bed.step_functions(); }

  std::string publish(const std::string& description = "", const std::string& revision = "") {
    return bed.run(states().PublishStateMachineVersion({machine, revision, description}))
        .stateMachineVersionArn;
  }
  std::string change(int result) {
    cloud::UpdateStateMachineInput request;
    request.stateMachineArn = machine;
    request.definition = gives(result);
    return bed.run(states().UpdateStateMachine(std::move(request))).revisionId;
  }
  std::vector<std::string> versions(const std::string& token = "", int max = 0) {
    auto page = bed.run(states().ListStateMachineVersions({machine, token, max}));
    std::vector<std::string> arns;
    for (const auto& item : page.stateMachineVersions) {
      arns.push_back(item.stateMachineVersionArn.substr(machine.size()));
    }
    next_token = page.nextToken;
    return arns;
  }
  std::vector<std::string> aliases(const std::string& arn, const std::string& token = "",
                                   int max = 0) {
    auto page = bed.run(states().ListStateMachineAliases({arn, token, max}));
    std::vector<std::string> names;
    for (const auto& item : page.stateMachineAliases) {
      names.push_back(item.stateMachineAliasArn.substr(machine.size() + 1));
    }
    next_token = page.nextToken;
    return names;
  }
  static cloud::CreateStateMachineAliasInput alias(
      std::string name, std::vector<cloud::RoutingConfigurationListItem> routes) {
    return {std::move(name), "", std::move(routes)};
  }
  std::string create(cloud::CreateStateMachineAliasInput request) {
    return bed.run(states().CreateStateMachineAlias(std::move(request))).stateMachineAliasArn;
  }
  std::string error_of_create(cloud::CreateStateMachineAliasInput request) {
    return bed.error_of(states().CreateStateMachineAlias(std::move(request)));
  }
  cloud::DescribeExecutionOutput started(const std::string& arn, const std::string& name) {
    return driver.describe(driver.start(arn, name, "{}"));
  }

  TestBed bed;
  StepFunctionsDriver driver{bed};
  std::string machine = driver.create(gives(1));
  std::string next_token;
};

TEST_F(StateMachineVersionsTest, AVersionStaysAsItIs) {
  const auto first = publish("the first");
  EXPECT_EQ(first, machine + ":1");
  change(2);
  bed.reopen();
  EXPECT_EQ(started(machine, "now").output, "2");
  const auto seen = started(first, "then");
  EXPECT_EQ(seen.output, "1");
  EXPECT_EQ(seen.stateMachineArn, machine);
  EXPECT_EQ(seen.stateMachineVersionArn, first);
  EXPECT_EQ(seen.stateMachineAliasArn, "");
  const auto described = bed.run(states().DescribeStateMachine({first, ""}));
  EXPECT_EQ(described.stateMachineArn, first);
  EXPECT_EQ(described.definition, gives(1));
  EXPECT_EQ(described.description, "the first");
}

TEST_F(StateMachineVersionsTest, ARevisionHasOne) {
  EXPECT_EQ(publish(), machine + ":1");
  EXPECT_EQ(publish(), machine + ":1");
  EXPECT_EQ(publish("", "INITIAL"), machine + ":1");
  const auto revision = change(2);
  EXPECT_EQ(bed.error_of(states().PublishStateMachineVersion({machine, "INITIAL", ""})),
            "ConflictException");
  EXPECT_EQ(publish("", revision), machine + ":2");
  EXPECT_EQ(bed.error_of(states().PublishStateMachineVersion({machine + "0", "", ""})),
            "StateMachineDoesNotExist");
}

TEST_F(StateMachineVersionsTest, IsPublishedWithItsStateMachine) {
  auto request = StepFunctionsDriver::order(gives(1), "", "Other");
  request.versionDescription = "1";
  EXPECT_EQ(bed.error_of(states().CreateStateMachine(request)), "ValidationException");
  request.publish = true;
  const auto created = bed.run(states().CreateStateMachine(request));
  EXPECT_EQ(created.stateMachineVersionArn, created.stateMachineArn + ":1");
  cloud::UpdateStateMachineInput update;
  update.stateMachineArn = created.stateMachineArn;
  update.publish = true;
  const auto same = bed.run(states().UpdateStateMachine(update));
  EXPECT_EQ(same.stateMachineVersionArn, created.stateMachineArn + ":1");
  EXPECT_EQ(same.revisionId, "");
  update.definition = gives(2);
  EXPECT_EQ(bed.run(states().UpdateStateMachine(update)).stateMachineVersionArn,
            created.stateMachineArn + ":2");
}

TEST_F(StateMachineVersionsTest, AreListedAndDeleted) {
  for (int i = 1; i <= 3; ++i) {
    change(i);
    publish();
  }
  EXPECT_EQ(versions(), (std::vector<std::string>{":3", ":2", ":1"}));
  EXPECT_EQ(versions("", 2), (std::vector<std::string>{":3", ":2"}));
  EXPECT_EQ(versions(next_token, 2), (std::vector<std::string>{":1"}));
  EXPECT_EQ(next_token, "");
  bed.run(states().DeleteStateMachineVersion({machine + ":3"}));
  bed.run(states().DeleteStateMachineVersion({machine + ":3"}));
  EXPECT_EQ(bed.error_of(states().DeleteStateMachineVersion({machine})), "ValidationException");
  EXPECT_EQ(driver.error_of_start(machine + ":3", "x", "{}"), "StateMachineDoesNotExist");
  bed.reopen();
  EXPECT_EQ(publish(), machine + ":4");  // a number is never given twice
  bed.run(states().DeleteStateMachine({machine}));
  EXPECT_EQ(versions(), (std::vector<std::string>{}));
  EXPECT_EQ(driver.error_of_start(machine + ":1", "x", "{}"), "StateMachineDoesNotExist");
  driver.create(gives(1));
  EXPECT_EQ(publish(), machine + ":1");
}

TEST_F(StateMachineVersionsTest, AnUpdateThatCannotBePublishedChangesNothing) {
  constexpr int kMost = 1'000;
  for (int i = 1; i <= kMost; ++i) {
    change(i);
    publish();
  }
  cloud::UpdateStateMachineInput update;
  update.stateMachineArn = machine;
  update.definition = gives(0);
  update.publish = true;
  EXPECT_EQ(bed.error_of(states().UpdateStateMachine(update)), "ServiceQuotaExceededException");
  EXPECT_EQ(started(machine, "one").output, "1000");
  update.definition.clear();
  EXPECT_EQ(bed.run(states().UpdateStateMachine(update)).stateMachineVersionArn, machine + ":1000");
}

TEST_F(StateMachineVersionsTest, AVersionHasOneName) {
  const auto first = publish();
  create(alias("PROD", {{first, 100}}));
  const std::string other = machine + ":01";
  EXPECT_EQ(bed.error_of(states().DeleteStateMachineVersion({other})), "ValidationException");
  EXPECT_EQ(driver.error_of_start(other, "x", "{}"), "StateMachineDoesNotExist");
  EXPECT_EQ(error_of_create(alias("TWICE", {{first, 50}, {other, 50}})), "ValidationException");
  EXPECT_EQ(started(machine + ":PROD", "one").output, "1");
}

TEST_F(StateMachineVersionsTest, AnAliasLeadsToItsVersion) {
  const auto first = publish();
  change(2);
  const auto second = publish();
  const auto prod = create(alias("PROD", {{first, 100}}));
  EXPECT_EQ(prod, machine + ":PROD");
  auto seen = started(prod, "one");
  EXPECT_EQ(seen.output, "1");
  EXPECT_EQ(seen.stateMachineVersionArn, first);
  EXPECT_EQ(seen.stateMachineAliasArn, prod);
  bed.advance(std::chrono::seconds(1));
  bed.run(states().UpdateStateMachineAlias({prod, {}, {{second, 100}}}));
  bed.reopen();
  EXPECT_EQ(started(prod, "two").output, "2");
  const auto described = bed.run(states().DescribeStateMachineAlias({prod}));
  EXPECT_EQ(described.name, "PROD");
  EXPECT_EQ(described.routingConfiguration.at(0).stateMachineVersionArn, second);
  EXPECT_EQ(described.updateDate - described.creationDate, std::chrono::seconds(1));
  EXPECT_EQ(driver.list(machine).size(), 2U);
  EXPECT_EQ(driver.list(first).size(), 1U);
  EXPECT_EQ(driver.list(prod).size(), 2U);
}

TEST_F(StateMachineVersionsTest, AnAliasSharesByWeight) {
  const auto first = publish();
  change(2);
  const auto both = create(alias("both", {{first, 25}, {publish(), 75}}));
  int of_first = 0;
  for (int i = 0; i < 400; ++i) {
    if (started(both, "n" + std::to_string(i)).output == "1") ++of_first;
  }
  EXPECT_NEAR(of_first, 100, 40);
  bed.run(states().UpdateStateMachineAlias({both, {}, {{first, 0}, {machine + ":2", 100}}}));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(started(both, "m" + std::to_string(i)).output, "2");
}

TEST_F(StateMachineVersionsTest, AliasesAreListedAndDeleted) {
  const auto first = publish();
  change(2);
  const auto second = publish();
  for (const char* name : {"c", "a", "b"})
    create(alias(name, {{name[0] == 'a' ? first : second, 100}}));
  EXPECT_EQ(aliases(machine), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(aliases(second), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(aliases(machine, "", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(aliases(machine, next_token, 2), (std::vector<std::string>{"c"}));
  EXPECT_EQ(next_token, "");
  EXPECT_EQ(bed.error_of(states().DeleteStateMachineVersion({first})), "ConflictException");
  bed.run(states().DeleteStateMachineAlias({machine + ":a"}));
  bed.run(states().DeleteStateMachineAlias({machine + ":a"}));
  bed.run(states().DeleteStateMachineVersion({first}));
  EXPECT_EQ(bed.error_of(states().DescribeStateMachineAlias({machine + ":a"})), "ResourceNotFound");
  EXPECT_EQ(bed.error_of(states().UpdateStateMachineAlias({machine + ":a", "text", {}})),
            "ResourceNotFound");
  EXPECT_EQ(driver.error_of_start(machine + ":a", "x", "{}"), "StateMachineDoesNotExist");
}

TEST_F(StateMachineVersionsTest, TheSameAliasAgainIsTheSame) {
  const auto first = publish();
  const auto request = alias("a", {{first, 100}});
  EXPECT_EQ(create(request), create(request));
  auto other = request;
  other.description = "another";
  EXPECT_EQ(error_of_create(other), "ConflictException");
}

TEST_F(StateMachineVersionsTest, RefusesWhatIsNoAlias) {
  const auto first = publish();
  for (const char* name : {"", "123", "a b", "a:b"}) {
    EXPECT_EQ(error_of_create(alias(name, {{first, 100}})), "ValidationException") << name;
  }
  EXPECT_EQ(error_of_create(alias("a", {})), "ValidationException");
  EXPECT_EQ(error_of_create(alias("a", {{machine, 100}})), "ValidationException");
  EXPECT_EQ(error_of_create(alias("a", {{first, 99}})), "ValidationException");
  EXPECT_EQ(error_of_create(alias("a", {{first, 50}, {first, 50}})), "ValidationException");
  EXPECT_EQ(error_of_create(alias("a", {{first, 101}, {machine + ":2", -1}})),
            "ValidationException");
  EXPECT_EQ(error_of_create(alias("a", {{machine + ":2", 100}})), "ResourceNotFound");
  EXPECT_EQ(error_of_create(alias("a", {{"nothing", 100}})), "InvalidArn");
  const auto prod = create(alias("a", {{first, 100}}));
  EXPECT_EQ(bed.error_of(states().UpdateStateMachineAlias({prod, {}, {}})), "ValidationException");
}

}  // namespace
}  // namespace doorbuster::engine
