#include "wire/query.h"

#include <algorithm>
#include <span>

#include "wire/encoding.h"
#include "wire/scalar.h"

namespace doorbuster::wire {
namespace {

constexpr std::size_t parameters_max = 10'000;

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// By components, numbers by their size.
bool is_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto x = take_until(a, '.');
    const auto y = take_until(b, '.');
    if (x == y) continue;
    if (x.size() != y.size() && is_number(x) && is_number(y)) return x.size() < y.size();
    return x < y;
  }
  return a.empty() && !b.empty();
}

// Neighbouring parameters whose names agree up to `at`.
struct Range {
  std::span<const Parameter> parameters;
  std::size_t at = 0;  // where the next component of each name begins

  bool empty() const { return parameters.empty(); }

  std::string_view component(const Parameter& parameter) const {
    const std::string_view name = parameter.name;
    return at > name.size() ? std::string_view() : name.substr(at, name.find('.', at) - at);
  }

  // Those whose next component is the first one's; they leave the range.
  Range take() {
    const auto name = component(parameters.front());
    std::size_t count = 1;
    while (count < parameters.size() && component(parameters[count]) == name) ++count;
    const Range taken{parameters.first(count), at + name.size() + 1};
    parameters = parameters.subspan(count);
    return taken;
  }

  Range member(std::string_view name) const {
    Range rest = *this;
    while (!rest.empty() && component(rest.parameters.front()) != name) {
      rest.parameters = rest.parameters.subspan(1);
    }
    return rest.empty() ? rest : rest.take();
  }

  // The parameter that has no further component.
  const std::string* value() const {
    if (empty() || parameters.front().name.size() >= at) return nullptr;
    return &parameters.front().value;
  }
};

class QueryReader {
 public:
  explicit QueryReader(const Wording& wording) : wording_(wording) {}

  void read_structure(const Shape& shape, const Range& from, void* to) const {
    for (const Field& field : shape.fields) {
      const Range member = from.member(field.xml_name());
      if (member.empty()) {
        if (field.required) throw wording_.missing(field.name);
      } else {
        read(*field.shape, field, member, field.of(to));
      }
    }
  }

 private:
  void read(const Shape& shape, const Field& field, Range from, void* to) const {
    switch (shape.kind) {
      case Kind::structure:
        return read_structure(shape, from, to);
      case Kind::list:
        return read_list(shape, field, from, to);
      case Kind::map:
        return read_map(shape, field, from, to);
      case Kind::optional:
        return read(*shape.element, field, from, shape.emplace(to));
      case Kind::converted: {
        const auto other = shape.make();
        read(*shape.element, field, from, other.get());
        return shape.store(other.get(), to, wording_);
      }
      default:
        if (const auto* value = from.value()) read_scalar(shape, *value, to, wording_);
    }
  }

  Range items(const Field& field, const Range& from, std::string_view usual) const {
    if (field.flat) return from;
    return from.member(field.item.empty() ? usual : field.item);
  }

  void read_list(const Shape& shape, const Field& field, const Range& from, void* to) const {
    Range all = items(field, from, "member");
    while (!all.empty()) {
      const bool numbered = is_number(all.component(all.parameters.front()));
      const Range item = all.take();
      if (numbered) read(*shape.element, field, item, shape.append(to));
    }
  }

  void read_map(const Shape& shape, const Field& field, const Range& from, void* to) const {
    Range all = items(field, from, "entry");
    while (!all.empty()) {
      const bool numbered = is_number(all.component(all.parameters.front()));
      const Range item = all.take();
      if (!numbered) continue;
      const auto* key = item.member(field.key).value();
      if (key == nullptr)
        throw wording_.missing(std::string(field.name) + '.' + std::string(field.key));
      read(*shape.element, field, item.member(field.value),
           shape.insert(to, read_text(*key, wording_)));
    }
  }

  const Wording& wording_;
};

void write(const Shape& shape, const Field& field, const void* value, const std::string& name,
           std::string& out);

void write_structure(const Shape& shape, const void* value, const std::string& prefix,
                     std::string& out) {
  for (const Field& field : shape.fields) {
    const void* member = field.of(value);
    if (is_absent(*field.shape, member) && !field.required) continue;
    write(*field.shape, field, member, prefix + std::string(field.xml_name()), out);
  }
}

void write_parameter(const std::string& name, std::string_view value, std::string& out) {
  out += '&';
  append_escaped(out, name);
  out += '=';
  append_escaped(out, value);
}

void write_list(const Shape& shape, const Field& field, const void* value, std::string name,
                std::string& out) {
  if (!field.flat) name += '.' + std::string(field.item.empty() ? "member" : field.item);
  for (std::size_t i = 0; i < shape.size(value); ++i) {
    write(*shape.element, field, shape.at(value, i), name + '.' + std::to_string(i + 1), out);
  }
}

void write_map(const Shape& shape, const Field& field, const void* value, std::string name,
               std::string& out) {
  if (!field.flat) name += '.' + std::string(field.item.empty() ? "entry" : field.item);
  std::size_t number = 0;
  for (const auto& [key, element] : shape.entries(value)) {
    const std::string entry = name + '.' + std::to_string(++number) + '.';
    write_parameter(entry + std::string(field.key), *key, out);
    write(*shape.element, field, element, entry + std::string(field.value), out);
  }
}

void write(const Shape& shape, const Field& field, const void* value, const std::string& name,
           std::string& out) {
  switch (shape.kind) {
    case Kind::structure:
      return write_structure(shape, value, name + '.', out);
    case Kind::list:
      return write_list(shape, field, value, name, out);
    case Kind::map:
      return write_map(shape, field, value, name, out);
    case Kind::optional:
      return write(*shape.element, field, shape.get(value), name, out);
    case Kind::converted: {
      const auto other = shape.make();
      shape.load(value, other.get());
      return write(*shape.element, field, other.get(), name, out);
    }
    case Kind::escaped_text:
      return write_parameter(name, as_string(value), out);
    default:
      write_parameter(name, scalar_text(shape, value), out);
  }
}

}  // namespace

Form::Form(std::string_view query, std::string_view body, const Wording& wording) {
  for (std::string_view rest : {query, body}) {
    while (!rest.empty()) {
      std::string_view value = take_until(rest, '&');
      if (value.empty()) continue;
      if (parameters_.size() == parameters_max) throw wording.malformed("Too many parameters.");
      const std::string_view name = take_until(value, '=');
      parameters_.push_back({unescaped(name, true), unescaped(value, true)});
    }
  }
  std::stable_sort(parameters_.begin(), parameters_.end(),
                   [](const auto& a, const auto& b) { return is_before(a.name, b.name); });
}

const std::string* Form::find(std::string_view name) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

void Form::add(std::string name, std::string value) {
  const auto place =
      std::find_if(parameters_.begin(), parameters_.end(),
                   [&](const Parameter& parameter) { return is_before(name, parameter.name); });
  parameters_.insert(place, {std::move(name), std::move(value)});
}

void read_query(const Shape& shape, const Form& form, void* to, const Wording& wording) {
  QueryReader(wording).read_structure(shape, {form.parameters()}, to);
}

void write_query(const Shape& shape, const void* value, std::string& out) {
  write_structure(shape, value, "", out);
}

}  // namespace doorbuster::wire
