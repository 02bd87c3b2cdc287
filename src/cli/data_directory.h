// Where a system keeps everything: the engine's state and the functions' databases.
#pragma once

#include <filesystem>
#include <stdexcept>

namespace doorbuster::cli {

// A command can't be carried out; the message is for the person who typed it, `exit_code` for the
// program that did: 1, it was tried and failed; 2, what was asked for can't be.
class CommandError : public std::runtime_error {
 public:
  CommandError(int code, const std::string& message)
      : std::runtime_error(message), exit_code(code) {}
  const int exit_code;
};

//   DIR/engine      see engine/store.h
//   DIR/shipping.db, DIR/sales.db, DIR/payments.db
//   DIR/functions   code that is running, and logs/REGION/ACCOUNT/FUNCTION.log
class DataDirectory {
 public:
  // For a system that exists or is to be made there. Throws CommandError if the directory holds
  // something else, can't be made or can't be written; it is left as it was.
  static DataDirectory for_writing(const std::filesystem::path& path);
  // For a system that must exist already.
  static DataDirectory existing(const std::filesystem::path& path);
  // A new one that is removed with this object.
  static DataDirectory temporary();

  ~DataDirectory();
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path engine() const { return path_ / "engine"; }
  std::filesystem::path functions() const { return path_ / "functions"; }
  std::filesystem::path shipping() const { return path_ / "shipping.db"; }
  std::filesystem::path sales() const { return path_ / "sales.db"; }
  std::filesystem::path payments() const { return path_ / "payments.db"; }

 private:
  DataDirectory(std::filesystem::path path, bool temporary)
      : path_(std::move(path)), temporary_(temporary) {}

  std::filesystem::path path_;
  bool temporary_;
};

}  // namespace doorbuster::cli
