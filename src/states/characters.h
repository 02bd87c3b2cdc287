// Text by its characters: the code points of UTF-8, which all data of an execution are in.
#pragma once

#include <cstddef>
#include <string_view>

namespace doorbuster::states {

// Whether the byte continues a character instead of beginning one.
inline bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// The character at the front of the text, which must have one.
inline std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && continues_character(text[size])) ++size;
  return text.substr(0, size);
}

// As many as there are, but no more than `most` characters.
inline std::string_view first_characters(std::string_view text, std::size_t most) {
  std::size_t size = 0;
  for (; most > 0 && size < text.size(); --most) size += first_character(text.substr(size)).size();
  return text.substr(0, size);
}

// The same, of no more than `most` bytes.
inline std::string_view first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && continues_character(text[most])) --most;
  return text.substr(0, most);
}

}  // namespace doorbuster::states
