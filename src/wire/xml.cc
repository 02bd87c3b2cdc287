#include "wire/xml.h"

#include <pugixml.hpp>

#include "wire/encoding.h"
#include "wire/scalar.h"

namespace doorbuster::wire {
namespace {

class XmlWriter {
 public:
  XmlWriter(std::string& out, bool escape_keys) : out_(out), escape_keys_(escape_keys) {}

  void structure(const Shape& shape, const void* value) {
    for (const Field& field : shape.fields) {
      if (field.place != Place::body && field.place != Place::inlined) continue;
      const void* member = field.of(value);
      if (field.place == Place::inlined) {
        structure(*field.shape, member);
        continue;
      }
      const bool absent = is_absent(*field.shape, member);
      if (absent && (field.shape->kind == Kind::optional || !(field.always || field.required))) {
        continue;
      }
      this->member(*field.shape, field, member);
    }
  }

 private:
  void member(const Shape& shape, const Field& field, const void* value) {
    const std::string_view name = field.xml_name();
    if (shape.kind == Kind::optional) return member(*shape.element, field, shape.get(value));
    if (shape.kind == Kind::converted) {
      const auto other = shape.make();
      shape.load(value, other.get());
      return member(*shape.element, field, other.get());
    }
    if (shape.kind != Kind::list && shape.kind != Kind::map) return element(shape, name, value);
    if (!field.flat) begin(name);
    if (shape.kind == Kind::list) {
      list(shape, field, value);
    } else {
      map(shape, field, value);
    }
    if (!field.flat) end(name);
  }

  void list(const Shape& shape, const Field& field, const void* value) {
    const std::string_view item = field.item.empty() ? "member" : field.item;
    const std::size_t size = shape.size(value);
    for (std::size_t i = 0; i < size; ++i) {
      element(*shape.element, field.flat ? field.xml_name() : item, shape.at(value, i));
    }
  }

  void map(const Shape& shape, const Field& field, const void* value) {
    const std::string_view usual = field.item.empty() ? "entry" : field.item;
    const std::string_view item = field.flat ? field.xml_name() : usual;
    for (const auto& [key, its_value] : shape.entries(value)) {
      begin(item);
      begin(field.key);
      append_xml_text(out_, *key);
      end(field.key);
      element(*shape.element, field.value, its_value);
      end(item);
    }
  }

  void element(const Shape& shape, std::string_view name, const void* value) {
    if (shape.kind == Kind::converted) {
      const auto other = shape.make();
      shape.load(value, other.get());
      return element(*shape.element, name, other.get());
    }
    begin(name);
    if (shape.kind == Kind::structure) {
      structure(shape, value);
    } else if (shape.kind == Kind::key && escape_keys_) {
      append_xml_text(out_, escaped(as_string(value), true));
    } else {
      append_xml_text(out_, scalar_text(shape, value));
    }
    end(name);
  }

  void begin(std::string_view name) { ((out_ += '<') += name) += '>'; }
  void end(std::string_view name) { ((out_ += "</") += name) += '>'; }

  std::string& out_;
  const bool escape_keys_;
};

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      text += child.value();
  }
  return text;
}

class XmlReader {
 public:
  explicit XmlReader(const Wording& wording) : wording_(wording) {}

  void structure(const Shape& shape, const pugi::xml_node& from, void* to) const {
    for (const Field& field : shape.fields) {
      if (field.place == Place::inlined) structure(*field.shape, from, field.of(to));
      if (field.place != Place::body) continue;
      bool seen = false;
      for (const auto& child : from.children()) {
        if (field.xml_name() != local_name(child)) continue;
        member(*field.shape, field, child, field.of(to));
        seen = true;
      }
      if (!seen && field.required) throw wording_.missing(field.xml_name());
    }
  }

 private:
  void member(const Shape& shape, const Field& field, const pugi::xml_node& from, void* to) const {
    if (shape.kind == Kind::optional) {
      return member(*shape.element, field, from, shape.emplace(to));
    }
    if (shape.kind == Kind::converted && shape.element->kind != Kind::structure) {
      const auto other = shape.make();
      member(*shape.element, field, from, other.get());
      return shape.store(other.get(), to, wording_);
    }
    if (shape.kind != Kind::list && shape.kind != Kind::map) return value(shape, from, to);
    if (field.flat) return item(shape, field, from, to);
    const bool is_list = shape.kind == Kind::list;
    const std::string_view usual = is_list ? "member" : "entry";
    for (const auto& child : from.children()) {
      if (local_name(child) == (field.item.empty() ? usual : field.item)) {
        item(shape, field, child, to);
      }
    }
  }

  void item(const Shape& shape, const Field& field, const pugi::xml_node& from, void* to) const {
    if (shape.kind == Kind::list) return value(*shape.element, from, shape.append(to));
    pugi::xml_node key;
    pugi::xml_node its_value;
    for (const auto& child : from.children()) {
      if (local_name(child) == field.key) key = child;
      if (local_name(child) == field.value) its_value = child;
    }
    value(*shape.element, its_value, shape.insert(to, read_text(text_of(key), wording_)));
  }

  void value(const Shape& shape, const pugi::xml_node& from, void* to) const {
    if (shape.kind == Kind::structure) {
      structure(shape, from, to);
    } else if (shape.kind == Kind::converted) {
      const auto other = shape.make();
      value(*shape.element, from, other.get());
      shape.store(other.get(), to, wording_);
    } else {
      read_scalar(shape, text_of(from), to, wording_);
    }
  }

  const Wording& wording_;
};

}  // namespace

void write_xml(const Shape& shape, const void* value, std::string& out, bool escape_keys) {
  XmlWriter(out, escape_keys).structure(shape, value);
}

void read_xml(const Shape& shape, std::string_view document, std::span<const std::string_view> path,
              void* to, const Wording& wording) {
  pugi::xml_document parsed;
  constexpr unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const auto result =
      parsed.load_buffer(document.data(), document.size(), options, pugi::encoding_utf8);
  if (!result) throw wording.malformed(result.description());
  pugi::xml_node node = parsed;
  for (const std::string_view name : path) {
    pugi::xml_node next;
    for (const auto& child : node.children()) {
      if (local_name(child) == name) {
        next = child;
        break;
      }
    }
    if (!next) throw wording.malformed("There is no element " + std::string(name) + ".");
    node = next;
  }
  XmlReader(wording).structure(shape, node, to);
}

}  // namespace doorbuster::wire
