#include "runtime/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <zip.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "runtime/descriptor.h"

namespace doorbuster::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int kHopsMax = 40;  // from link to link, as Linux has it
constexpr std::size_t kInflatedPiece = 1 << 16;
constexpr std::size_t kLinkMax = 4096;  // bytes of a symbolic link's target

[[noreturn]] void refuse(const std::string& why) {
  throw cloud::Error("InvalidParameterValueException",
                     "Could not unzip uploaded file. Please check your file, then try to upload "
                     "again. (" +
                         why + ".)");
}

// A zip may name what no file system takes; everything else is the machine's doing.
[[noreturn]] void refuse(const std::string& name, const std::error_code& why) {
  for (const auto fault : {std::errc::is_a_directory, std::errc::not_a_directory,
                           std::errc::file_exists, std::errc::filename_too_long}) {
    if (why == fault) refuse("The entry " + name + " can't be made: " + why.message());
  }
  throw cloud::Error("ServiceException",
                     "The code can't be unpacked: " + name + ": " + why.message() + ".", 500);
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
struct Discard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
using File = std::unique_ptr<zip_file_t, CloseFile>;
using Zip = std::unique_ptr<zip_t, Discard>;

Zip open_zip(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  Zip zip(source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr);
  if (!zip) {
    const std::string why = zip_error_strerror(&error);
    if (source) zip_source_free(source);
    zip_error_fini(&error);
    refuse(why);
  }
  zip_error_fini(&error);
  return zip;
}

// Where an entry lies within the directory.
fs::path place_of(const std::string& name) {
  const fs::path path(name);
  bool inside = !name.empty() && path.is_relative();
  for (const auto& part : path) inside = inside && part != "..";
  if (!inside) refuse("The entry " + name + " would lie outside of the function's directory");
  return path.lexically_normal();
}

class Unpacking {
 public:
  Unpacking(std::string_view bytes, fs::path directory, const UnpackLimits& limits)
      : zip_(open_zip(bytes)),
        directory_(std::move(directory)),
        left_(limits.bytes),
        limits_(limits) {}

  void run() {
    const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(zip_.get(), 0));
    if (count == 0) {
      throw cloud::Error("InvalidParameterValueException", "Uploaded file must be a non-empty zip");
    }
    if (count > limits_.entries) {
      refuse("It has " + std::to_string(count) + " entries; the maximum is " +
             std::to_string(limits_.entries));
    }
    for (zip_uint64_t index = 0; index < count; ++index) unpack_entry(index);
    // Last, so that nothing is ever written through one.
    for (const auto& [path, target] : links_) make_link(path, target);
    for (const auto& [path, target] : links_) check_link(path);
  }

 private:
  void unpack_entry(zip_uint64_t index) {
    const char* raw = zip_get_name(zip_.get(), index, 0);
    if (!raw) refuse("An entry's name can't be read");
    const std::string name = raw;
    const fs::path path = directory_ / place_of(name);
    const mode_t mode = mode_of(index);
    if (name.ends_with('/')) return make_directory(path, name);
    make_directory(path.parent_path(), name);
    if (S_ISLNK(mode)) {
      links_.emplace_back(path, link_target(index, name));
    } else {
      write_file(index, path, name, (mode & 0111) != 0);
    }
  }

  // As Unix knows it; nothing if the zip comes from elsewhere.
  mode_t mode_of(zip_uint64_t index) {
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(zip_.get(), index, 0, &system, &attributes);
    return system == ZIP_OPSYS_UNIX ? attributes >> 16 : 0;
  }

  static void make_directory(const fs::path& path, const std::string& name) {
    std::error_code failure;
    fs::create_directories(path, failure);
    if (failure) refuse(name, failure);
  }

  File open_entry(zip_uint64_t index, const std::string& name) {
    File file(zip_fopen_index(zip_.get(), index, 0));
    if (!file) refuse("The entry " + name + ": " + zip_strerror(zip_.get()));
    return file;
  }

  // Headers may lie about sizes: what counts is what comes out.
  std::string_view read(zip_file_t* file, const std::string& name) {
    const auto size = zip_fread(file, piece_.data(), piece_.size());
    if (size < 0) refuse("The entry " + name + ": " + zip_file_strerror(file));
    const auto bytes = static_cast<std::uint64_t>(size);
    if (bytes > left_) {
      throw cloud::Error(
          "InvalidParameterValueException",
          "Unzipped size must be smaller than " + std::to_string(limits_.bytes) + " bytes");
    }
    left_ -= bytes;
    return {piece_.data(), bytes};
  }

  std::string link_target(zip_uint64_t index, const std::string& name) {
    const File file = open_entry(index, name);
    std::string target;
    for (auto piece = read(file.get(), name); !piece.empty(); piece = read(file.get(), name)) {
      target += piece;
      if (target.size() > kLinkMax) refuse("The symbolic link " + name + " is too long");
    }
    if (target.empty()) refuse("The symbolic link " + name + " leads nowhere");
    if (target.front() == '/') refuse_link(name);
    return target;
  }

  void write_file(zip_uint64_t index, const fs::path& path, const std::string& name,
                  bool executable) {
    const File file = open_entry(index, name);
    const mode_t mode = executable ? 0755 : 0644;
    const Descriptor out(open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, mode));
    if (!out) refuse(name, last_error());
    for (auto piece = read(file.get(), name); !piece.empty(); piece = read(file.get(), name)) {
      while (!piece.empty()) {
        const auto written = write(out.get(), piece.data(), piece.size());
        if (written < 0) refuse(name, last_error());
        piece.remove_prefix(static_cast<std::size_t>(written));
      }
    }
  }

  [[noreturn]] static void refuse_link(const std::string& name) {
    refuse("The symbolic link " + name + " leads out of the function's directory");
  }

  static void make_link(const fs::path& path, const std::string& target) {
    if (symlink(target.c_str(), path.c_str()) != 0) refuse(path.filename(), last_error());
  }

  // Links may lead through each other, so only their end says where they lead, also where there is
  // nothing yet.
  void check_link(const fs::path& path) const {
    std::error_code failure;
    std::error_code nothing_there;
    const fs::path root = fs::canonical(directory_, failure);
    fs::path end = fs::weakly_canonical(path, failure);
    for (int hops = 0; !failure && fs::is_symlink(end, nothing_there); ++hops) {
      if (hops == kHopsMax) refuse_link(path.lexically_relative(directory_));
      end = fs::weakly_canonical(end.parent_path() / fs::read_symlink(end, failure), failure);
    }
    const auto [at, rest] = std::mismatch(root.begin(), root.end(), end.begin(), end.end());
    if (failure || at != root.end()) refuse_link(path.lexically_relative(directory_));
  }

  const Zip zip_;
  const fs::path directory_;
  std::uint64_t left_;  // bytes
  const UnpackLimits limits_;
  std::array<char, kInflatedPiece> piece_;
  std::vector<std::pair<fs::path, std::string>> links_;
};

}  // namespace

void unpack(std::string_view zip, const fs::path& directory, const UnpackLimits& limits) {
  Unpacking(zip, directory, limits).run();
}

}  // namespace doorbuster::runtime
