#include "states/definition.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "states/characters.h"
#include "states/definition_parser.h"
#include "states/json_text.h"
#include "states/variable_scopes.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::size_t kDefinitionMax = 1'048'576;  // bytes, AWS's limit
constexpr std::int64_t kTimeoutMaxS = 99'999'999;  // AWS's limit
constexpr std::size_t kQuotedMax = 500;            // characters of the text, in a diagnostic

std::string position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 if there is none
  return "[Source: (String)\"" + std::string(first_characters(text, kQuotedMax)) +
         "\"; line: " + std::to_string(line) +
         ", column: " + std::to_string(offset - line_start + 1) + "]";
}

std::optional<json::value> parse_text(std::string_view text, Diagnostics& diagnostics) {
  json::parse_options options;
  options.max_depth = documents::kDepthMax;
  json::parser parser({}, options);
  boost::system::error_code error;
  const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
  if (!error && consumed < text.size()) error = json::error::extra_data;
  if (!error) {
    auto value = parser.release();
    if (documents::is_finite(value)) return value;
    error = json::error::exponent_overflow;
  }
  const auto token = documents::unknown_token(text);
  const std::string where = position(text, token ? token->end : consumed);
  diagnostics.error("INVALID_JSON_DESCRIPTION",
                    (token ? token->message : error.message()) + "\n at " + where, where);
  return std::nullopt;
}

void parse_machine_fields(FieldReader& fields, Definition& definition) {
  fields.string("Comment");
  fields.string("Version");
  parse_query_language(fields);
  definition.timeout_s = fields.integer("TimeoutSeconds", 1, kTimeoutMaxS);
}

std::shared_ptr<const Definition> parse(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > kDefinitionMax) {
    diagnostics.schema("Definition must not be longer than 1048576 bytes", "");
    return nullptr;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    diagnostics.schema("Definition must be a valid JSON object", "");
    return nullptr;
  }
  const auto value = parse_text(text, diagnostics);
  if (!value) return nullptr;
  if (!value->is_object()) {
    diagnostics.schema("Definition must be a valid JSON object", "");
    return nullptr;
  }
  auto definition = std::make_shared<Definition>();
  ParseContext context{.diagnostics = diagnostics, .names = {}, .labels = {}};
  FieldReader fields(value->get_object(), "/", diagnostics);
  parse_machine_fields(fields, *definition);
  definition->machine = parse_machine(fields, *definition, context, 0);
  label_maps(context);
  fields.finish();
  check_variables(value->get_object(), "", diagnostics);
  return definition;
}

std::string summary(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += ", ";
    text += diagnostic.code + ": " + diagnostic.message;
    if (!diagnostic.location.empty()) text += " at " + diagnostic.location;
  }
  return "Invalid State Machine Definition: '" + text + "'";
}

}  // namespace

InvalidDefinition::InvalidDefinition(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(summary(diagnostics)), diagnostics_(std::move(diagnostics)) {}

std::shared_ptr<const Definition> compile(std::string_view json) {
  Diagnostics diagnostics;
  auto definition = parse(json, diagnostics);
  if (!diagnostics.has_errors()) return definition;
  auto all = diagnostics.take();
  std::erase_if(all, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Diagnostic::Severity::warning;
  });
  throw InvalidDefinition(std::move(all));
}

std::shared_ptr<const Definition> child_of(const Definition& definition, std::string_view label) {
  for (const auto& state : definition.states) {
    const auto* map = std::get_if<MapState>(&state->what);
    if (map != nullptr && map->child != nullptr && map->label == label) return map->child;
  }
  return nullptr;
}

std::vector<Diagnostic> validate(std::string_view json) {
  Diagnostics diagnostics;
  parse(json, diagnostics);
  return diagnostics.take();
}

}  // namespace doorbuster::states
