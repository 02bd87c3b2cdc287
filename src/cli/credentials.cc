#include "cli/credentials.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <string>

#include "cli/data_directory.h"

namespace doorbuster::cli {
namespace {

constexpr std::size_t kBytesMax = 1 << 20;

std::string_view trim(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

struct Profile {
  std::string name;
  std::string key_id;
  std::string secret;
  std::string account = "000000000000";
};

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void line(std::string_view text) {
    ++number_;
    text = trim(text);
    if (text.empty() || text.front() == '#' || text.front() == ';') return;
    if (text.front() == '[') {
      if (text.back() != ']') fail("a profile's name has no closing bracket");
      end_profile();
      profile_.emplace().name = trim(text.substr(1, text.size() - 2));
      return;
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) fail("neither [PROFILE] nor NAME = VALUE");
    if (!profile_) fail("a value before the first [PROFILE]");
    set(trim(text.substr(0, equals)), trim(text.substr(equals + 1)));
  }

  wire::KeyRing finish() {
    end_profile();
    if (keys_.identities.empty()) throw CommandError(2, file_ + " has no credentials");
    keys_.open = false;
    return std::move(keys_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw CommandError(2, file_ + ", line " + std::to_string(number_) + ": " + what);
  }

  void set(std::string_view name, std::string_view value) {
    if (name == "aws_access_key_id") profile_->key_id = value;
    if (name == "aws_secret_access_key") profile_->secret = value;
    if (name != "account") return;
    const bool digits =
        std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isdigit(c); });
    if (value.size() != 12 || !digits) fail("an account is twelve digits");
    profile_->account = value;
  }

  void end_profile() {
    if (!profile_) return;
    const Profile profile = *std::exchange(profile_, std::nullopt);
    if (profile.key_id.empty() || profile.secret.empty()) {
      fail("the profile before it, " + profile.name +
           ", lacks aws_access_key_id or aws_secret_access_key");
    }
    wire::Identity identity;
    identity.secret_access_key = profile.secret;
    identity.caller.scope.account = profile.account;
    if (profile.name != "root" && profile.name != "default") {
      identity.caller.arn = "arn:aws:iam::" + profile.account + ":user/" + profile.name;
    }
    if (!keys_.identities.emplace(profile.key_id, std::move(identity)).second) {
      fail("the key " + profile.key_id + " is there twice");
    }
  }

  const std::string file_;
  int number_ = 0;
  std::optional<Profile> profile_;
  wire::KeyRing keys_;
};

}  // namespace

wire::KeyRing read_credentials(const std::filesystem::path& path) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) {
    throw CommandError(
        2, path.string() + " is no file of credentials" + (ec ? ": " + ec.message() : ""));
  }
  std::ifstream in(path);
  if (!in) throw CommandError(2, path.string() + " can't be read");
  if (std::filesystem::file_size(path, ec) > kBytesMax) {
    throw CommandError(2, path.string() + " is too large for a file of credentials");
  }
  Reader reader(path.string());
  for (std::string line; std::getline(in, line);) reader.line(line);
  return reader.finish();
}

}  // namespace doorbuster::cli
