#include <openssl/evp.h>

#include <array>
#include <boost/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "documents/utf8.h"
#include "states/characters.h"
#include "states/intrinsic_arguments.h"
#include "states/json_text.h"

namespace doorbuster::states::intrinsic {

namespace json = boost::json;

namespace {

constexpr std::size_t kTextMax = 10'000;  // characters to encode, decode or hash: AWS's limit

std::string_view limited(std::string_view text) {
  if (documents::count_characters(text) > kTextMax) {
    throw std::invalid_argument("the string has more than 10000 characters.");
  }
  return text;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Strings and numbers as they are; the rest as Java would print them, which is what AWS does.
void append_plain(std::string& out, const json::value& value) {
  if (value.is_string()) {
    out += value.get_string();
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const json::value& item : value.get_array()) {
      if (!std::exchange(first, false)) out += ", ";
      append_plain(out, item);
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [key, member] : value.get_object()) {
      if (!std::exchange(first, false)) out += ", ";
      out.append(key).append("=");
      append_plain(out, member);
    }
    out += '}';
  } else {
    out += to_text(value);
  }
}

const EVP_MD* algorithm(std::string_view name) {
  if (name == "MD5") return EVP_md5();
  if (name == "SHA-1") return EVP_sha1();
  if (name == "SHA-256") return EVP_sha256();
  if (name == "SHA-384") return EVP_sha384();
  if (name == "SHA-512") return EVP_sha512();
  throw std::invalid_argument("the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512.");
}

}  // namespace

json::value base64_encode(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  const std::string_view text = limited(string_argument(arguments, 0));
  std::vector<unsigned char> out(4 * ((text.size() + 2) / 3) + 1);
  const int size = EVP_EncodeBlock(out.data(), bytes(text), static_cast<int>(text.size()));
  return json::string(out.begin(), out.begin() + size);
}

json::value base64_decode(Arguments arguments, Environment&) {
  expect_count(arguments, 1, 1);
  const std::string_view text = limited(string_argument(arguments, 0));
  std::vector<unsigned char> out(text.size() + 1);
  int size = EVP_DecodeBlock(out.data(), bytes(text), static_cast<int>(text.size()));
  if (size < 0 || text.size() % 4 != 0) throw std::invalid_argument("the string is not Base64.");
  for (std::string_view rest = text; size > 0 && rest.ends_with('='); rest.remove_suffix(1)) --size;
  const std::string_view decoded(reinterpret_cast<const char*>(out.data()),
                                 static_cast<std::size_t>(size));
  if (!documents::is_utf8(decoded))
    throw std::invalid_argument("the string is not Base64 of UTF-8 text.");
  return json::string(decoded);
}

json::value format(Arguments arguments, Environment&) {
  if (arguments.empty()) throw std::invalid_argument("it was called with 0 arguments.");
  const std::string_view pattern = string_argument(arguments, 0);
  std::string text;
  std::size_t next = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      text += pattern[++i];
    } else if (pattern.substr(i).starts_with("{}")) {
      if (next == arguments.size()) throw std::invalid_argument("a {} has no argument.");
      append_plain(text, arguments[next++]);
      ++i;
    } else {
      text += pattern[i];
    }
  }
  if (next != arguments.size()) throw std::invalid_argument("an argument has no {}.");
  return json::string(text);
}

json::value hash(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  std::string plain;
  append_plain(plain, arguments[0]);
  limited(plain);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(plain.data(), plain.size(), digest.data(), &size,
             algorithm(string_argument(arguments, 1)), nullptr);
  constexpr std::string_view kHex = "0123456789abcdef";
  json::string text;
  for (unsigned i = 0; i < size; ++i) {
    text.push_back(kHex[digest[i] >> 4]);
    text.push_back(kHex[digest[i] & 15]);
  }
  return text;
}

// At each character of the second argument; pieces without text are left out.
json::value string_split(Arguments arguments, Environment&) {
  expect_count(arguments, 2, 2);
  std::string_view rest = string_argument(arguments, 0);
  const std::string_view splitters = string_argument(arguments, 1);
  json::array pieces;
  std::size_t size = 0;  // of the piece at the front of the rest
  const auto end_piece = [&] {
    if (size > 0) pieces.emplace_back(rest.substr(0, size));
  };
  while (size < rest.size()) {
    const std::string_view next = first_character(rest.substr(size));
    if (splitters.find(next) == std::string_view::npos) {
      size += next.size();
      continue;
    }
    end_piece();
    rest.remove_prefix(std::exchange(size, 0) + next.size());
  }
  end_piece();
  return pieces;
}

}  // namespace doorbuster::states::intrinsic
