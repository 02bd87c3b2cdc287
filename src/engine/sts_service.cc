#include "cloud/error.h"
#include "engine/random.h"
#include "engine/services.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of STS's

// An id that AWS would have given, the same for the same ARN: 17 characters follow the prefix.
std::string stable_id(const char* prefix, const std::string& arn) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const std::string digest = sha256(arn);
  std::string id = prefix;
  for (std::size_t i = 0; i < 17; ++i) {
    const auto value = [](char digit) {
      return static_cast<std::size_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    };
    id.push_back(kAlphabet[(value(digest[2 * i]) << 4 | value(digest[2 * i + 1])) & 31]);
  }
  return id;
}

// An account's root has the account's number; a user and a role have ids of their own, the role's
// with the name of its session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
std::string user_id(const Caller& caller) {
  constexpr std::string_view kSession = "assumed-role/";
  const auto arn = Arn::parse(caller.principal());
  if (!arn || arn->resource == "root") return caller.scope.account;
  if (!arn->resource.starts_with(kSession)) return stable_id("AIDA", arn->str());
  const auto slash = arn->resource.rfind('/');
  Arn role = *arn;
  role.resource.resize(slash);
  return stable_id("AROA", role.str()) + ':' + arn->resource.substr(slash + 1);
}

class StsService final : public Sts {
 public:
  explicit StsService(Caller caller) : caller_(std::move(caller)) {}

  Async<GetCallerIdentityResult> GetCallerIdentity(GetCallerIdentityRequest /*request*/) override {
    if (caller_.anonymous) {
      throw Error("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
    }
    GetCallerIdentityResult result;
    result.Account = caller_.scope.account;
    result.Arn = caller_.principal();
    result.UserId = user_id(caller_);
    co_return result;
  }

 private:
  const Caller caller_;
};

}  // namespace

std::unique_ptr<cloud::Sts> make_sts(cloud::Caller caller) {
  return std::make_unique<StsService>(std::move(caller));
}

}  // namespace doorbuster::engine
