#include "engine/message.h"

#include <algorithm>

#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

// Which optional parts follow in a record.
constexpr std::uint8_t kHasAttributes = 1;
constexpr std::uint8_t kHasOthers = 2;

std::string_view view(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

}  // namespace

std::size_t size(const cloud::MessageAttributeMap& attributes) {
  std::size_t total = 0;
  for (const auto& [name, value] : attributes) {
    total +=
        name.size() + value.DataType.size() + value.StringValue.size() + value.BinaryValue.size();
  }
  return total;
}

std::size_t StoredMessage::size() const {
  return body.size() + engine::size(attributes);
}

std::string StoredMessage::encode() const {
  Encoder out;
  out.reserve(64 + body.size());
  const bool others = !trace_header.empty() || !group.empty() || !deduplication.empty() ||
                      !sequence.empty() || !dead_letter_source.empty();
  out.byte(static_cast<std::uint8_t>((attributes.empty() ? 0 : kHasAttributes) |
                                     (others ? kHasOthers : 0)));
  out.raw(view(id)).varint(static_cast<std::uint64_t>(to_ms(sent))).text(body);
  if (!attributes.empty()) {
    out.varint(attributes.size());
    for (const auto& [name, value] : attributes) {
      out.text(name).text(value.DataType).text(value.StringValue).text(value.BinaryValue);
    }
  }
  if (others) {
    out.text(trace_header).text(group).text(deduplication).text(sequence).text(dead_letter_source);
  }
  return std::move(out).bytes();
}

StoredMessage StoredMessage::decode(std::string_view bytes) {
  Decoder in(bytes);
  StoredMessage message;
  const std::uint8_t parts = in.byte();
  const auto id = in.raw(message.id.size());
  std::copy(id.begin(), id.end(), message.id.begin());
  message.sent = from_ms(static_cast<std::int64_t>(in.varint()));
  message.body = in.text();
  if (parts & kHasAttributes) {
    for (std::uint64_t left = in.varint(); left > 0; --left) {
      const std::string name(in.text());
      auto& value = message.attributes[name];
      value.DataType = in.text();
      value.StringValue = in.text();
      value.BinaryValue = in.text();
    }
  }
  if (parts & kHasOthers) {
    message.trace_header = in.text();
    message.group = in.text();
    message.deduplication = in.text();
    message.sequence = in.text();
    message.dead_letter_source = in.text();
  }
  return message;
}

std::string md5_of_attributes(const cloud::MessageAttributeMap& attributes) {
  if (attributes.empty()) return {};
  // Each part with its length before it, the names in byte order, as the map has them.
  Encoder out;
  const auto part = [&out](std::string_view text) {
    out.u32(static_cast<std::uint32_t>(text.size())).raw(text);
  };
  for (const auto& [name, value] : attributes) {
    const bool binary = value.DataType.starts_with("Binary");
    part(name);
    part(value.DataType);
    out.byte(binary ? 2 : 1);
    part(binary ? value.BinaryValue : value.StringValue);
  }
  return hex(md5(out.bytes()));
}

}  // namespace doorbuster::engine
