// A state machine's definition in the Amazon States Language, compiled once and run many times.
// https://states-language.net/spec.html
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::states {

// What is wrong with a definition, as ValidateStateMachineDefinition tells it.
struct Diagnostic {
  enum class Severity : unsigned char { error, warning };
  Severity severity = Severity::error;
  std::string code;      // "SCHEMA_VALIDATION_FAILED", "INVALID_JSON_DESCRIPTION", ...
  std::string message;   // in AWS's words
  std::string location;  // a JSON pointer: "/States/Pay/Next"
};

class InvalidDefinition : public std::runtime_error {
 public:
  explicit InvalidDefinition(std::vector<Diagnostic> diagnostics);
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// Immutable: any number of executions, on any threads, share it.
class Definition;

// Throws InvalidDefinition, with all that is wrong, in the order of the text.
std::shared_ptr<const Definition> compile(std::string_view json);

// What the children of a distributed Map run, by the Map's label. Null if there is no such Map.
std::shared_ptr<const Definition> child_of(const Definition& definition, std::string_view label);

// The variables that states look at, sorted, by the states' names; only of those that do. Of a
// definition that compiles.
std::map<std::string, std::vector<std::string>> variable_references(std::string_view json);

// All that compile() would find wrong, and what it would only warn of.
std::vector<Diagnostic> validate(std::string_view json);

}  // namespace doorbuster::states
