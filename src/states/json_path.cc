#include "states/json_path.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "states/compare.h"
#include "states/failure.h"
#include "states/path_step.h"

namespace doorbuster::states {

namespace json = boost::json;

namespace {

using Nodes = std::vector<const json::value*>;

// A path can visit a place more than once ("$..*..*"), and select a place and all around it: beyond
// this it is stopped.
constexpr std::size_t kNodesMax = 200'000;
constexpr std::size_t kCopiedMax = std::size_t{8} << 20;  // bytes, about

[[noreturn]] void too_much() {
  throw runtime_failure("A JSONPath selects too much of its input.");
}

void add(Nodes& out, const json::value* node) {
  if (out.size() >= kNodesMax) too_much();
  out.push_back(node);
}

const json::value* item(const json::array& array, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(array.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? nullptr : &array[static_cast<std::size_t>(index)];
}

void add_children(const json::value& node, Nodes& out) {
  if (node.is_array()) {
    for (const json::value& child : node.get_array()) add(out, &child);
  } else if (node.is_object()) {
    for (const auto& member : node.get_object()) add(out, &member.value());
  }
}

// Applies one step to one place.
class Stepper {
 public:
  Stepper(const json::value& node, const json::value& root, Nodes& out)
      : node_(node), root_(root), out_(out) {}

  void operator()(const PathStep::Members& members) const {
    if (!node_.is_object()) return;
    for (const std::string& name : members.names) {
      const json::value* member = node_.get_object().if_contains(name);
      if (member != nullptr) add(out_, member);
    }
  }
  void operator()(const PathStep::Indices& indices) const {
    if (!node_.is_array()) return;
    for (const std::int64_t index : indices.indices) {
      const json::value* found = item(node_.get_array(), index);
      if (found != nullptr) add(out_, found);
    }
  }
  void operator()(const PathStep::Slice& slice) const {
    if (!node_.is_array()) return;
    const auto size = static_cast<std::int64_t>(node_.get_array().size());
    const auto bound = [size](std::int64_t n) {
      return std::clamp<std::int64_t>(n < 0 ? n + size : n, 0, size);
    };
    const std::int64_t to = bound(slice.to.value_or(size));
    for (std::int64_t i = bound(slice.from.value_or(0)); i < to; i += slice.step) {
      add(out_, item(node_.get_array(), i));
      if (slice.step >= size) return;
    }
  }
  void operator()(const PathStep::Wildcard&) const { add_children(node_, out_); }
  void operator()(const PathStep::Descent&) const {
    Nodes open{&node_};
    while (!open.empty()) {
      const json::value* next = open.back();
      open.pop_back();
      add(out_, next);
      const std::size_t start = open.size();
      add_children(*next, open);
      std::reverse(open.begin() + static_cast<std::ptrdiff_t>(start), open.end());
    }
  }
  void operator()(const PathStep::Filter& filter) const {
    Nodes candidates;
    add_children(node_, candidates);
    for (const json::value* candidate : candidates) {
      if (filter.condition->holds(*candidate, root_)) add(out_, candidate);
    }
  }
  // A function is applied to all places together, once they are found.
  void operator()(PathStep::Function) const { add(out_, &node_); }

 private:
  const json::value& node_;
  const json::value& root_;
  Nodes& out_;
};

// In memory, about.
std::size_t memory_of(const json::value& value) {
  std::size_t bytes = sizeof value;
  if (value.is_string()) {
    bytes += value.get_string().size();
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) bytes += memory_of(item);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      bytes += member.key().size() + memory_of(member.value());
    }
  }
  return bytes;
}

json::array copies(const Nodes& nodes) {
  json::array all;
  all.reserve(nodes.size());
  std::size_t bytes = 0;
  for (const json::value* node : nodes) {
    bytes += memory_of(*node);
    if (bytes > kCopiedMax) too_much();
    all.push_back(*node);
  }
  return all;
}

json::value length_of(const json::value& value) {
  if (value.is_array()) return value.get_array().size();
  if (value.is_object()) return value.get_object().size();
  if (value.is_string()) return value.get_string().size();
  throw runtime_failure("The JSONPath function length() was applied to a value without a length.");
}

json::value keys_of(const json::value& value) {
  if (!value.is_object()) {
    throw runtime_failure("The JSONPath function keys() was applied to a value that is no object.");
  }
  json::array keys;
  for (const auto& member : value.get_object()) keys.emplace_back(member.key());
  return keys;
}

double number_of(PathStep::Function function, const std::vector<double>& numbers) {
  const auto count = static_cast<double>(numbers.size());
  double sum = 0;
  for (const double number : numbers) sum += number;
  switch (function) {
    case PathStep::Function::min:
      return *std::min_element(numbers.begin(), numbers.end());
    case PathStep::Function::max:
      return *std::max_element(numbers.begin(), numbers.end());
    case PathStep::Function::sum:
      return sum;
    case PathStep::Function::avg:
      return sum / count;
    default: {
      double squares = 0;
      for (const double number : numbers) squares += std::pow(number - sum / count, 2);
      return std::sqrt(squares / count);
    }
  }
}

json::value apply(PathStep::Function function, const json::value& value) {
  if (function == PathStep::Function::length) return length_of(value);
  if (function == PathStep::Function::keys) return keys_of(value);
  std::vector<double> numbers;
  if (value.is_array()) {
    for (const json::value& number : value.get_array()) {
      if (number.is_number()) numbers.push_back(number.to_number<double>());
    }
  }
  if (numbers.empty()) {
    throw runtime_failure("A JSONPath function of numbers was applied to no numbers.");
  }
  const double result = number_of(function, numbers);
  if (!std::isfinite(result)) {
    throw runtime_failure("A JSONPath function of numbers came to a number that is too large.");
  }
  return result;
}

bool all_single(const PathSteps& steps, std::size_t count) {
  return std::all_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const PathStep& step) { return step.single(); });
}

std::string name_of(const PathStep& step) {
  if (const auto* members = std::get_if<PathStep::Members>(&step.what)) {
    std::string names;
    for (const std::string& name : members->names)
      names += (names.empty() ? "'" : ", '") + name + "'";
    return "[" + names + "]";
  }
  return "[" + std::to_string(std::get<PathStep::Indices>(step.what).indices.front()) + "]";
}

// Those of its members that there are.
json::object join(const json::object& object, const PathStep::Members& members) {
  json::object joined;
  for (const std::string& name : members.names) {
    const json::value* member = object.if_contains(name);
    if (member != nullptr) joined.emplace(name, *member);
  }
  return joined;
}

Failure no_place(const PathStep& step) {
  return {.error = "States.ResultPathMatchFailure",
          .cause = "Unable to apply step " + name_of(step) + " to the state's input.",
          .located = true};
}

// The place one step below `node`, made if it can be.
json::value& child(json::value& node, const PathStep& step) {
  if (const auto* members = std::get_if<PathStep::Members>(&step.what)) {
    if (!node.is_object()) throw no_place(step);
    const auto made = node.get_object().emplace(members->names.front(), json::object());
    return made.first->value();
  }
  const auto& indices = std::get<PathStep::Indices>(step.what);
  const json::value* found =
      node.is_array() ? item(node.get_array(), indices.indices.front()) : nullptr;
  if (found == nullptr) throw no_place(step);
  return node.get_array()[static_cast<std::size_t>(found - node.get_array().data())];
}

}  // namespace

bool PathStep::single() const {
  if (const auto* members = std::get_if<Members>(&what)) return members->names.size() == 1;
  if (const auto* indices = std::get_if<Indices>(&what)) return indices->indices.size() == 1;
  return false;
}

bool PathStep::joins_members() const {
  const auto* members = std::get_if<Members>(&what);
  return members != nullptr && members->names.size() > 1;
}

Nodes select(std::span<const PathStep> steps, const json::value& start, const json::value& root) {
  Nodes nodes{&start};
  Nodes next;
  for (const PathStep& step : steps) {
    next.clear();
    for (const json::value* node : nodes) std::visit(Stepper(*node, root, next), step.what);
    nodes.swap(next);
  }
  return nodes;
}

JsonPath JsonPath::parse(std::string_view text) {
  JsonPath path;
  path.text_ = text;
  if (!text.starts_with('$')) throw InvalidPath(kNotValid);
  text.remove_prefix(1);
  if (text.starts_with('$')) {
    path.root_ = Root::context;
    text.remove_prefix(1);
  } else if (!text.empty() && text[0] != '.' && text[0] != '[') {
    path.root_ = Root::variable;
    const std::size_t size = std::min(text.find_first_of(".["), text.size());
    path.variable_ = text.substr(0, size);
    text.remove_prefix(size);
    if (path.variable_.find_first_of(" ()'\"*?@,") != std::string::npos) {
      throw InvalidPath(kNotValid);
    }
  }
  path.steps_ = std::make_shared<const PathSteps>(parse_path_steps(text));
  return path;
}

bool JsonPath::is_reference() const {
  return all_single(*steps_, steps_->size());
}

bool JsonPath::is_root() const {
  return steps_->empty();
}

std::optional<json::value> JsonPath::evaluate(const json::value& root) const {
  if (joins_on_its_way(root)) return std::nullopt;
  if (!steps_->empty() && steps_->back().joins_members()) return joined(root);
  const PathStep::Function* function =
      steps_->empty() ? nullptr : std::get_if<PathStep::Function>(&steps_->back().what);
  const Nodes nodes = select(*steps_, root, root);
  if (!all_single(*steps_, steps_->size() - (function != nullptr ? 1 : 0))) {
    json::value all = copies(nodes);
    return function != nullptr ? apply(*function, all) : std::move(all);
  }
  if (nodes.empty()) return std::nullopt;
  return function != nullptr ? apply(*function, *nodes.front()) : *nodes.front();
}

bool JsonPath::joins_on_its_way(const json::value& root) const {
  const std::span<const PathStep> steps(*steps_);
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (steps[i].joins_members() && !select(steps.first(i), root, root).empty()) return true;
  }
  return false;
}

std::optional<json::value> JsonPath::joined(const json::value& root) const {
  const auto before = std::span<const PathStep>(*steps_).first(steps_->size() - 1);
  const auto& members = std::get<PathStep::Members>(steps_->back().what);
  // What a descent comes by must have them all.
  const bool all = !before.empty() && std::holds_alternative<PathStep::Descent>(before.back().what);
  json::array found;
  for (const json::value* node : select(before, root, root)) {
    if (!node->is_object()) continue;
    json::object object = join(node->get_object(), members);
    if (!all || object.size() == members.names.size()) found.push_back(std::move(object));
  }
  if (!all_single(*steps_, before.size())) return found;
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

const json::value* JsonPath::find(const json::value& root) const {
  const Nodes nodes = select(*steps_, root, root);
  return nodes.empty() ? nullptr : nodes.front();
}

std::string JsonPath::missing(const json::value& root) const {
  std::string where = "$";
  const json::value* node = &root;
  for (std::size_t i = 0; i < steps_->size(); ++i) {
    const PathStep& step = (*steps_)[i];
    if (step.joins_members() && i + 1 < steps_->size()) {
      return "Multi properties can only be used as path leafs: " + where + name_of(step);
    }
    if (!step.single()) break;
    where += name_of(step);
    Nodes next;
    std::visit(Stepper(*node, root, next), step.what);
    if (next.empty()) {
      return (i + 1 < steps_->size() ? "Missing property in path " : "No results for path: ") +
             where;
    }
    node = next.front();
  }
  return "No results for path: " + where;
}

void JsonPath::assign(json::value& root, json::value value) const {
  json::value* place = &root;
  for (const PathStep& step : *steps_) place = &child(*place, step);
  *place = std::move(value);
}

}  // namespace doorbuster::states
