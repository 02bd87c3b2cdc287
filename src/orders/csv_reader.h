// Comma-separated values as RFC 4180 has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doorbuster::orders {

// Limits on a text that CsvReader takes.
inline constexpr std::size_t kCsvFieldBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kCsvFieldsMax = 256;

class CsvError : public std::runtime_error {
 public:
  CsvError(std::uint64_t line, const std::string& fault) : std::runtime_error(fault), line_(line) {}

  std::uint64_t line() const { return line_; }

 private:
  std::uint64_t line_;
};

// Splits a text into records and fields, a piece at a time: it never holds more than one record and
// one piece. Fields may be quoted, and then contain commas, line ends and doubled quotes. Lines end
// in LF or CRLF, the last one may end without. A byte order mark at the beginning and empty lines
// are skipped. Fields are bytes: their encoding is not looked at. For one thread at a time.
class CsvReader {
 public:
  // Copies the next bytes of the text, between 1 and `size`; 0 at its end. What it throws passes
  // through the reader.
  using Source = std::function<std::size_t(char* to, std::size_t size)>;

  explicit CsvReader(Source source);

  // Goes to the next record; false at the text's end. Throws CsvError, after which the reader is of
  // no more use.
  bool next();

  // The record's fields, at least one. Valid until next().
  std::span<const std::string_view> fields() const { return fields_; }

  // The line that the record begins on, counted from 1.
  std::uint64_t line() const { return record_line_; }

 private:
  int peek();  // the next byte, or kEnd
  bool refill();
  void skip_byte_order_mark();
  void skip_empty_lines();
  bool read_field();  // whether another follows
  void read_plain_field();
  void read_quoted_field();
  bool end_field();
  bool append(const char* end);  // what lies before `end` to the field; false: it is too long

  Source source_;
  std::vector<char> buffer_;
  const char* at_ = nullptr;  // the unread rest of the buffer
  const char* end_ = nullptr;
  std::uint64_t line_ = 1;  // that of *at_
  std::uint64_t record_line_ = 1;
  std::string text_;  // the record's fields, one after the other
  std::size_t field_begin_ = 0;
  std::vector<std::size_t> field_ends_;  // in text_
  std::vector<std::string_view> fields_;
};

}  // namespace doorbuster::orders
