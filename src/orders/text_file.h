// A file's text, whether it lies there plain or compressed with gzip.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace doorbuster::orders {

// Says what is wrong with the file, naming it, and what to do.
class TextFileError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Reads a regular file from its beginning to its end, as often as wanted. It keeps the file open,
// so that each time it is the same file even if another has taken its name. For one thread at a
// time.
class TextFile {
 public:
  // Opens the file. Throws TextFileError.
  explicit TextFile(const std::filesystem::path& path);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  // Copies the next bytes of the text, between 1 and `size`; 0 at its end. Throws TextFileError,
  // also where the text ends but the compressed data doesn't end properly.
  std::size_t read(char* to, std::size_t size);

  // Back to the beginning. Throws TextFileError.
  void rewind();

 private:
  void fill();  // input_ anew; leaves it empty at the file's end
  void detect_format();
  std::size_t read_plain(char* to, std::size_t size);
  std::size_t read_gzip(char* to, std::size_t size);
  void inflate_some();
  [[noreturn]] void fail(const std::string& fault) const;

  std::string name_;  // for messages, in quotes
  int fd_ = -1;
  std::vector<unsigned char> input_;
  z_stream stream_{};  // its next_in and avail_in are the rest of input_, for plain files too
  bool gzip_ = false;
  bool in_member_ = false;  // between the first and the last byte of a gzip member
};

}  // namespace doorbuster::orders
