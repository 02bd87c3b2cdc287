// Makes zips for tests, sound ones and others.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zip.h>

#include <string>
#include <vector>

namespace doorbuster::runtime {

struct ZipEntry {
  std::string name;     // of a directory if it ends with '/'
  std::string content;  // of a symbolic link: where it leads
  mode_t mode = S_IFREG | 0644;
};

inline ZipEntry executable(std::string name, std::string content) {
  return {std::move(name), std::move(content), S_IFREG | 0755};
}
inline ZipEntry link_to(std::string name, std::string target) {
  return {std::move(name), std::move(target), S_IFLNK | 0777};
}

inline std::string make_zip(const std::vector<ZipEntry>& entries) {
  zip_source_t* out = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(out);
  zip_t* zip = zip_open_from_source(out, ZIP_TRUNCATE, nullptr);
  for (const auto& entry : entries) {
    zip_source_t* in = zip_source_buffer(zip, entry.content.data(), entry.content.size(), 0);
    const bool folder = entry.name.ends_with('/');
    const auto index = folder ? zip_dir_add(zip, entry.name.c_str(), 0)
                              : zip_file_add(zip, entry.name.c_str(), in, 0);
    if (folder) zip_source_free(in);
    EXPECT_GE(index, 0) << zip_strerror(zip);
    zip_file_set_external_attributes(zip, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                     static_cast<zip_uint32_t>(entry.mode) << 16);
  }
  EXPECT_EQ(zip_close(zip), 0);
  std::string bytes;
  zip_source_open(out);
  zip_source_seek(out, 0, SEEK_END);
  bytes.resize(static_cast<std::size_t>(zip_source_tell(out)));
  zip_source_seek(out, 0, SEEK_SET);
  zip_source_read(out, bytes.data(), bytes.size());
  zip_source_close(out);
  zip_source_free(out);
  return bytes;
}

}  // namespace doorbuster::runtime
