// The bytes of stored records: little pieces written one after another and read back in the same
// order. Numbers that order keys are big-endian and of fixed width, so that RocksDB's byte order is
// their order; numbers inside a value are LEB128 varints.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace doorbuster::engine {

// A stored record that can't be read: it was not written by this program, or it was damaged.
class CorruptRecord : public std::runtime_error {
 public:
  CorruptRecord() : std::runtime_error("a stored record is damaged") {}
};

class Encoder {
 public:
  Encoder& byte(std::uint8_t v) {
    bytes_.push_back(static_cast<char>(v));
    return *this;
  }
  Encoder& u32(std::uint32_t v) { return big_endian(v, 4); }
  Encoder& u64(std::uint64_t v) { return big_endian(v, 8); }
  Encoder& varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<std::uint8_t>(v | 0x80));
    return byte(static_cast<std::uint8_t>(v));
  }
  // As it is, without its length: for the last part of a key and for fields of fixed width.
  Encoder& raw(std::string_view v) {
    bytes_.append(v);
    return *this;
  }
  // With its length before it.
  Encoder& text(std::string_view v) { return varint(v.size()).raw(v); }

  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  Encoder& big_endian(std::uint64_t v, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      byte(static_cast<std::uint8_t>(v >> shift));
    }
    return *this;
  }

  std::string bytes_;
};

// Reads what Encoder wrote. The bytes must outlive it and what it returns as a view. Every method
// throws CorruptRecord where the bytes end too early.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(raw(1)[0]); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }
  std::uint64_t u64() { return big_endian(8); }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = byte();
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if (b < 0x80) return v;
    }
    throw CorruptRecord();
  }
  std::string_view raw(std::size_t size) {
    if (size > rest_.size()) throw CorruptRecord();
    const std::string_view v = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return v;
  }
  std::string_view text() { return raw(varint()); }
  std::string_view rest() { return raw(rest_.size()); }

 private:
  std::uint64_t big_endian(std::size_t width) {
    std::uint64_t v = 0;
    for (const char c : raw(width)) v = v << 8 | static_cast<std::uint8_t>(c);
    return v;
  }

  std::string_view rest_;
};

}  // namespace doorbuster::engine
