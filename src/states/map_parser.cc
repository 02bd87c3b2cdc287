// The fields of a Map, inline and distributed.
// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
#include <boost/json.hpp>
#include <set>
#include <utility>

#include "states/characters.h"
#include "states/definition_parser.h"
#include "states/resource.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

constexpr std::size_t kLabelMax = 40;             // characters, AWS's limit
constexpr std::int64_t kItemsMax = 100'000'000;   // of a file, AWS's limit
constexpr std::int64_t kBatchBytesMax = 262'144;  // AWS's limit

// In a label: what AWS forbids, control characters among it, and the slash, which parts the labels
// in an ARN.
bool is_forbidden(std::string_view character) {
  if (character.size() > 1) return character >= "\xc2\x80" && character <= "\xc2\x9f";
  const auto byte = static_cast<unsigned char>(character.front());
  return byte < 0x20 || byte == 0x7f ||
         std::string_view(" ?*<>{}[]:;,\\|^~$#%&`\"/").find(character) != std::string_view::npos;
}

// The text's first characters but for those that a label can't have.
std::string label_of(std::string_view text) {
  std::string label;
  for (text = first_characters(text, kLabelMax); !text.empty();) {
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    if (!is_forbidden(character)) label += character;
  }
  return label;
}

// What stands for a Map without a label, in the ARNs of its runs: one that no other has.
std::string default_label(const std::string& state, std::set<std::string>& labels) {
  const std::string name = label_of(state);
  std::string label = name;
  for (int i = 2; !labels.insert(label).second; ++i) label = name + '-' + std::to_string(i);
  return label;
}

char delimiter_of(const std::string& name) {
  if (name == "PIPE") return '|';
  if (name == "SEMICOLON") return ';';
  if (name == "SPACE") return ' ';
  if (name == "TAB") return '\t';
  return ',';
}

}  // namespace

void StateParser::parse_map() {
  MapState map;
  fields.at_most_one({"ItemProcessor", "Iterator"});
  fields.at_most_one({"ItemSelector", "Parameters"});
  parse_processor(map, fields.has("ItemProcessor") ? "ItemProcessor" : "Iterator");
  map.items = fields.path("ItemsPath");
  map.selector = fields.any_payload("ItemSelector");
  if (!map.selector) map.selector = std::exchange(state.parameters, std::nullopt);
  map.concurrency_max = fields.amount("MaxConcurrency", 0);
  map.tolerated_count = fields.amount("ToleratedFailureCount", 0);
  map.tolerated_percentage = fields.percentage("ToleratedFailurePercentage");
  if (map.child != nullptr) {
    parse_label(map);
    map.batcher = parse_batcher();
    map.reader = parse_reader();
    map.writer = parse_writer();
  }
  state.what = std::move(map);
}

void StateParser::parse_processor(MapState& map, const char* field) {
  if (!fields.has(field)) {
    fields.require({"ItemProcessor"});
    return;
  }
  const json::object* source = fields.object(field);
  if (source == nullptr) return;
  FieldReader processor(*source, fields.location(field), fields.diagnostics());
  processor.string("Comment");
  parse_query_language(processor);
  std::string mode = "INLINE";
  bool express = false;
  if (const json::object* source_config = processor.object("ProcessorConfig")) {
    FieldReader config(*source_config, processor.location("ProcessorConfig"), fields.diagnostics());
    mode = config.word("Mode", {"INLINE", "DISTRIBUTED"}).value_or(mode);
    if (mode == "DISTRIBUTED") config.require({"ExecutionType"});
    express = config.word("ExecutionType", {"STANDARD", "EXPRESS"}) == "EXPRESS";
    config.finish();
  }
  if (mode == "INLINE") {
    map.processor = parse_machine(processor, definition, context, depth + 1);
  } else {
    parse_child(map, processor, express);
  }
  processor.finish();
}

void StateParser::parse_child(MapState& map, FieldReader& processor, bool express) {
  auto child = std::make_shared<Definition>();
  child->express = express;
  child->machine = parse_machine(processor, *child, context, depth + 1);
  map.child = std::move(child);
}

void StateParser::parse_label(MapState& map) {
  if (!fields.has("Label")) context.unlabelled.push_back(&state);
  if (const auto label = fields.string("Label")) {
    map.label = *label;
    if (label->empty() || *label != label_of(*label)) {
      fields.diagnostics().error("INVALID_LABEL_NAME",
                                 "Label must have between 1 and 40 characters, and none of these: "
                                 "whitespace ? * < > { } [ ] : ; , \\ | ^ ~ $ # % & ` \" / or "
                                 "control characters",
                                 fields.location("Label"));
    }
    if (!context.labels.insert(*label).second) {
      fields.diagnostics().error("DUPLICATE_LABEL_NAME", "Duplicate Label: " + *label,
                                 fields.location("Label"));
    }
  }
}

void label_maps(ParseContext& context) {
  for (State* state : context.unlabelled) {
    std::get<MapState>(state->what).label = default_label(state->name, context.labels);
  }
}

std::optional<ItemReader> StateParser::parse_reader() {
  const json::object* source = fields.object("ItemReader");
  if (source == nullptr) return std::nullopt;
  FieldReader reader(*source, fields.location("ItemReader"), fields.diagnostics());
  reader.require({"Resource"});
  ItemReader result;
  if (const auto arn = reader.string("Resource")) {
    const auto resource = parse_resource(*arn);
    if (resource && resource->service == "s3" &&
        (resource->action == "getObject" || resource->action == "listObjectsV2")) {
      result.resource = *resource;
      result.resource.kind = Resource::Kind::reader;
    } else {
      reader.diagnostics().schema(
          "The field 'Resource' should have one of these values: "
          "[arn:aws:states:::s3:getObject, arn:aws:states:::s3:listObjectsV2]",
          reader.location("Resource"));
    }
  }
  const bool listing = result.resource.action == "listObjectsV2";
  if (listing) result.format = ItemReader::Format::listing;
  if (const json::object* config_source = reader.object("ReaderConfig")) {
    FieldReader config(*config_source, reader.location("ReaderConfig"), reader.diagnostics());
    if (!listing) config.require({"InputType"});
    parse_reader_config(result, config);
    config.finish();
  } else if (!listing) {
    reader.require({"ReaderConfig"});
  }
  if (auto parameters = reader.payload("Parameters")) result.parameters = *std::move(parameters);
  reader.finish();
  return result;
}

void StateParser::parse_reader_config(ItemReader& reader, FieldReader& config) {
  const auto type = config.word("InputType", {"CSV", "JSON", "JSONL"});
  if (reader.format != ItemReader::Format::listing && type) {
    reader.format = *type == "CSV"     ? ItemReader::Format::csv
                    : *type == "JSONL" ? ItemReader::Format::jsonl
                                       : ItemReader::Format::json;
  }
  reader.items_max = config.amount("MaxItems", 0, kItemsMax);
  reader.items_pointer = config.string("ItemsPointer").value_or("");
  const auto place = config.word("CSVHeaderLocation", {"FIRST_ROW", "GIVEN"});
  if (type == "CSV" && !place) config.require({"CSVHeaderLocation"});
  auto headers = config.strings("CSVHeaders");
  if (place == "GIVEN") {
    config.require({"CSVHeaders"});
    reader.headers = std::move(headers);
  }
  const auto delimiter =
      config.word("CSVDelimiter", {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"});
  reader.delimiter = delimiter_of(delimiter.value_or("COMMA"));
}

std::optional<ResultWriter> StateParser::parse_writer() {
  const json::object* source = fields.object("ResultWriter");
  if (source == nullptr) return std::nullopt;
  FieldReader writer(*source, fields.location("ResultWriter"), fields.diagnostics());
  ResultWriter result;
  result.exports =
      !writer.has("WriterConfig") || writer.has("Resource") || writer.has("Parameters");
  if (result.exports) writer.require({"Resource", "Parameters"});
  if (const auto arn = writer.string("Resource")) {
    const auto resource = parse_resource(*arn);
    if (resource && resource->service == "s3" && resource->action == "putObject") {
      result.resource = *resource;
      result.resource.kind = Resource::Kind::writer;
    } else {
      writer.diagnostics().schema(
          "The field 'Resource' should have one of these values: "
          "[arn:aws:states:::s3:putObject]",
          writer.location("Resource"));
    }
  }
  if (auto parameters = writer.payload("Parameters")) result.parameters = *std::move(parameters);
  if (const json::object* config_source = writer.object("WriterConfig")) {
    FieldReader config(*config_source, writer.location("WriterConfig"), writer.diagnostics());
    parse_writer_config(result, config);
    config.finish();
  }
  writer.finish();
  return result;
}

void StateParser::parse_writer_config(ResultWriter& writer, FieldReader& config) {
  const auto transformation = config.word("Transformation", {"NONE", "COMPACT", "FLATTEN"});
  const auto type = config.word("OutputType", {"JSON", "JSONL"});
  writer.transformation = transformation.value_or(writer.transformation);
  writer.output_type = type.value_or(writer.output_type);
  if (writer.exports) return;
  // What the children were is nothing that the state could tell, nor is text a result of it.
  if (writer.transformation == "NONE") {
    config.diagnostics().schema(
        "Without a Resource, the field 'Transformation' should have one of these values: "
        "[COMPACT, FLATTEN]",
        config.location());
  }
  if (writer.output_type == "JSONL") {
    config.diagnostics().schema(
        "Without a Resource, the field 'OutputType' should have one of these values: [JSON]",
        config.location());
  }
}

std::optional<ItemBatcher> StateParser::parse_batcher() {
  const json::object* source = fields.object("ItemBatcher");
  if (source == nullptr) return std::nullopt;
  FieldReader batcher(*source, fields.location("ItemBatcher"), fields.diagnostics());
  ItemBatcher result;
  result.items_max = batcher.amount("MaxItemsPerBatch", 1);
  result.bytes_max = batcher.amount("MaxInputBytesPerBatch", 1, kBatchBytesMax);
  result.input = batcher.payload("BatchInput");
  if (!result.items_max && !result.bytes_max) {
    batcher.diagnostics().schema(
        "At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]",
        batcher.location());
  }
  batcher.finish();
  return result;
}

}  // namespace doorbuster::states
