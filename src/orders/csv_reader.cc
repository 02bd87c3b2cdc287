#include "orders/csv_reader.h"

#include <algorithm>
#include <utility>

namespace doorbuster::orders {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;
constexpr int kEnd = -1;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr bool ends_plain_text(char c) {
  return c == ',' || c == '\n' || c == '\r' || c == '"';
}

}  // namespace

CsvReader::CsvReader(Source source) : source_(std::move(source)), buffer_(kBufferBytes) {
  skip_byte_order_mark();
}

bool CsvReader::next() {
  skip_empty_lines();
  if (peek() == kEnd) return false;
  record_line_ = line_;
  text_.clear();
  field_ends_.clear();
  while (read_field()) {
  }

  fields_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : field_ends_) {
    fields_.emplace_back(text_.data() + begin, end - begin);
    begin = end;
  }
  return true;
}

int CsvReader::peek() {
  if (at_ == end_ && !refill()) return kEnd;
  return static_cast<unsigned char>(*at_);
}

bool CsvReader::refill() {
  const std::size_t n = source_(buffer_.data(), buffer_.size());
  at_ = buffer_.data();
  end_ = at_ + n;
  return n > 0;
}

void CsvReader::skip_byte_order_mark() {
  std::size_t size = 0;
  while (size < kByteOrderMark.size()) {
    const std::size_t n = source_(buffer_.data() + size, buffer_.size() - size);
    if (n == 0) break;
    size += n;
  }
  at_ = buffer_.data();
  end_ = at_ + size;
  if (std::string_view(at_, size).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
}

void CsvReader::skip_empty_lines() {
  while (true) {
    const int c = peek();
    if (c != '\n' && c != '\r') return;
    end_field();
  }
}

bool CsvReader::read_field() {
  if (field_ends_.size() == kCsvFieldsMax) {
    throw CsvError(record_line_, "has more than " + std::to_string(kCsvFieldsMax) + " fields");
  }
  field_begin_ = text_.size();
  if (peek() == '"') {
    read_quoted_field();
  } else {
    read_plain_field();
  }
  field_ends_.push_back(text_.size());
  return end_field();
}

void CsvReader::read_plain_field() {
  do {
    if (!append(std::find_if(at_, end_, ends_plain_text))) {
      throw CsvError(line_,
                     "has a field of more than " + std::to_string(kCsvFieldBytesMax) + " bytes");
    }
  } while (at_ == end_ && refill());
  if (peek() == '"') {
    throw CsvError(line_,
                   "has a quote in a field that doesn't begin with one: quote the whole "
                   "field and double the quotes in it");
  }
}

void CsvReader::read_quoted_field() {
  const std::uint64_t opening_line = line_;
  ++at_;
  while (true) {
    if (peek() == kEnd) {
      throw CsvError(opening_line, "has a quoted field whose closing quote is missing");
    }
    const char* const quote = std::find(at_, end_, '"');
    line_ += static_cast<std::uint64_t>(std::count(at_, quote, '\n'));
    if (!append(quote)) {
      throw CsvError(opening_line, "has a quoted field of more than " +
                                       std::to_string(kCsvFieldBytesMax) +
                                       " bytes: is its closing quote missing?");
    }
    if (at_ == end_) continue;
    ++at_;
    if (peek() != '"') break;
    text_ += '"';
    ++at_;
  }
}

bool CsvReader::end_field() {
  int c = peek();
  if (c == kEnd) return false;
  ++at_;
  if (c == ',') return true;
  if (c == '\r') {
    c = peek();
    if (c != '\n') {
      throw CsvError(line_, "has a carriage return without a line feed: end lines in LF or CRLF");
    }
    ++at_;
  }
  if (c != '\n') {
    throw CsvError(line_,
                   "has text behind a field's closing quote: double the quotes in the field");
  }
  ++line_;
  return false;
}

bool CsvReader::append(const char* end) {
  text_.append(at_, end);
  at_ = end;
  return text_.size() - field_begin_ <= kCsvFieldBytesMax;
}

}  // namespace doorbuster::orders
