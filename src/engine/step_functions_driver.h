// A state machine on a test bed, and short words for what tests do with it.
#pragma once

#include <string>
#include <vector>

#include "engine/execution_pieces.h"
#include "engine/execution_record.h"
#include "engine/test_bed.h"

namespace doorbuster::engine {

class StepFunctionsDriver {
 public:
  explicit StepFunctionsDriver(TestBed& bed) : bed_(bed) {}

  static constexpr const char* kRole = "arn:aws:iam::000000000000:role/Role";
  static std::string arn(const std::string& name = "Machine") {
    return cloud::Scope{}.arn("states", "stateMachine:" + name);
  }
  static std::string execution(const std::string& name) {
    return cloud::Scope{}.arn("states", "execution:Machine:" + name);
  }

  static cloud::CreateStateMachineInput order(std::string definition, std::string type = "",
                                              std::string name = "Machine") {
    cloud::CreateStateMachineInput request;
    request.name = std::move(name);
    request.definition = std::move(definition);
    request.roleArn = kRole;
    request.type = std::move(type);
    return request;
  }
  std::string create(std::string definition, std::string type = "", std::string name = "Machine") {
    auto request = order(std::move(definition), std::move(type), std::move(name));
    return bed_.run(bed_.step_functions().CreateStateMachine(std::move(request))).stateMachineArn;
  }
  std::string start(const std::string& arn, const std::string& name, const std::string& input) {
    return bed_.run(bed_.step_functions().StartExecution({arn, name, input, ""})).executionArn;
  }
  std::string error_of_start(const std::string& arn, const std::string& name,
                             const std::string& input) {
    return bed_.error_of(bed_.step_functions().StartExecution({arn, name, input, ""}));
  }
  cloud::DescribeExecutionOutput describe(const std::string& execution) {
    return bed_.run(bed_.step_functions().DescribeExecution({execution, ""}));
  }
  std::string status(const std::string& execution) { return describe(execution).status; }
  std::vector<cloud::ExecutionListItem> list(const std::string& arn) {
    cloud::ListExecutionsInput request;
    request.stateMachineArn = arn;
    return bed_.run(bed_.step_functions().ListExecutions(request)).executions;
  }
  // Spoils all that the store has of what it runs by.
  void damage(const std::string& execution) {
    auto spoil = [execution](Machine&, Turn& turn) {
      const auto number = find_execution(turn.store, execution).value();
      const auto spoil_row = [&turn](std::string_view key, std::string_view) {
        turn.batch.put(Family::state, key, "nonsense");
        return true;
      };
      const std::string prefix = piece_prefix(number);
      turn.store.scan(Family::state, prefix, after_prefix(prefix), spoil_row);
      const auto key = open_key(read_record(turn.store, number).value());
      std::string row;
      if (!turn.store.get(Family::state, key, &row)) return;
      Decoder in(row);
      decode_open(in);
      row.resize(row.size() - in.rest().size());
      turn.batch.put(Family::state, key, row + "nonsense");
    };
    bed_.run(bed_.engine().call<Done>(std::move(spoil)));
  }
  // The small pieces of an open one.
  std::string pieces(const std::string& execution) {
    const Store& store = bed_.engine().store();
    const auto record = read_record(store, find_execution(store, execution).value());
    std::string row;
    store.get(Family::state, open_key(record.value()), &row);
    Decoder in(row);
    decode_open(in);
    return std::string(in.rest());
  }
  // Gives these to one that has ended.
  void put_pieces(const std::string& execution, const std::string& bytes) {
    auto put = [execution, bytes](Machine&, Turn& turn) {
      turn.batch.put(Family::state, piece_prefix(find_execution(turn.store, execution).value()),
                     bytes);
    };
    bed_.run(bed_.engine().call<Done>(std::move(put)));
  }
  // Puts one in the place of what one that has ended has.
  void put_piece(const std::string& execution, const std::string& key, const std::string& bytes) {
    auto put = [execution, key, bytes](Machine&, Turn& turn) {
      const auto number = find_execution(turn.store, execution).value();
      ExecutionPieces pieces;
      Decoder nothing("");
      pieces.read(turn.store, number, nothing);
      pieces.write(turn.batch, number, {{key, bytes}});
      pieces.keep(turn.batch, number);
    };
    bed_.run(bed_.engine().call<Done>(std::move(put)));
  }
  // The types of its events, in their order.
  std::string history(const std::string& execution) {
    cloud::GetExecutionHistoryInput request;
    request.executionArn = execution;
    std::string types;
    for (const auto& event : bed_.run(bed_.step_functions().GetExecutionHistory(request)).events) {
      types += (types.empty() ? "" : " ") + event.type;
    }
    return types;
  }

 private:
  TestBed& bed_;
};

}  // namespace doorbuster::engine
