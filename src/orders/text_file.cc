#include "orders/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace doorbuster::orders {
namespace {

constexpr std::size_t kInputBytes = std::size_t{64} * 1024;
constexpr int kGzipOnly = 15 + 16;  // zlib's way to ask for the largest window and a gzip header

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& path)
    : name_('"' + path.string() + '"'), input_(kInputBytes) {
  // Without O_NONBLOCK, opening a pipe would wait for its writer.
  fd_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd_ < 0) {
    if (errno == ENOENT) fail("does not exist: check the path");
    if (errno == EACCES) fail("may not be read: check its permissions");
    fail("can't be opened: " + reason_of(errno));
  }
  try {
    struct stat status {};
    if (fstat(fd_, &status) != 0) fail("can't be examined: " + reason_of(errno));
    if (S_ISDIR(status.st_mode)) fail("is a directory: give a file");
    if (!S_ISREG(status.st_mode)) {
      fail("is not a regular file, it can't be read twice: copy it to a file first");
    }
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) fail("can't be read: out of memory");
    detect_format();
  } catch (...) {
    inflateEnd(&stream_);
    close(fd_);
    throw;
  }
}

TextFile::~TextFile() {
  inflateEnd(&stream_);
  close(fd_);
}

void TextFile::rewind() {
  if (lseek(fd_, 0, SEEK_SET) != 0) fail("can't be read again: " + reason_of(errno));
  in_member_ = false;
  detect_format();
}

void TextFile::detect_format() {
  fill();
  gzip_ = stream_.avail_in >= 2 && input_[0] == 0x1F && input_[1] == 0x8B;
}

void TextFile::fill() {
  ssize_t n = 0;
  do {
    n = ::read(fd_, input_.data(), input_.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) fail("can't be read: " + reason_of(errno));
  stream_.next_in = input_.data();
  stream_.avail_in = static_cast<uInt>(n);
}

std::size_t TextFile::read(char* to, std::size_t size) {
  return gzip_ ? read_gzip(to, size) : read_plain(to, size);
}

std::size_t TextFile::read_plain(char* to, std::size_t size) {
  if (stream_.avail_in == 0) fill();
  const std::size_t n = std::min<std::size_t>(size, stream_.avail_in);
  std::memcpy(to, stream_.next_in, n);
  stream_.next_in += n;
  stream_.avail_in -= static_cast<uInt>(n);
  return n;
}

// zlib's own gzread() would do but for one thing: it takes whatever follows a member and isn't
// another for the file's end, and so loses the rest of a file that is broken there.
std::size_t TextFile::read_gzip(char* to, std::size_t size) {
  const auto room = static_cast<uInt>(std::min(size, kInputBytes));
  stream_.next_out = reinterpret_cast<Bytef*>(to);
  stream_.avail_out = room;
  while (stream_.avail_out == room) {
    if (stream_.avail_in == 0) fill();
    if (stream_.avail_in == 0) {
      if (in_member_) fail("is cut off in its compressed data: get a complete copy");
      return 0;
    }
    inflate_some();
  }
  return room - stream_.avail_out;
}

void TextFile::inflate_some() {
  if (!in_member_) inflateReset(&stream_);
  in_member_ = true;
  const int result = inflate(&stream_, Z_NO_FLUSH);
  if (result == Z_STREAM_END) {
    in_member_ = false;
  } else if (result == Z_MEM_ERROR) {
    fail("can't be read: out of memory");
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    const std::string detail = stream_.msg != nullptr ? stream_.msg : "no gzip data";
    fail("is broken in its compressed data (" + detail + "): get an intact copy");
  }
}

void TextFile::fail(const std::string& fault) const {
  throw TextFileError(name_ + ' ' + fault);
}

}  // namespace doorbuster::orders
