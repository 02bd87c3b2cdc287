#include "engine/roles.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "engine/codec.h"
#include "engine/json_record.h"
#include "engine/role_documents.h"
#include "engine/role_rules.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
constexpr std::size_t kRolesMax = 1'000;
constexpr std::size_t kPoliciesMax = 1'500;
constexpr std::size_t kAttachedMax = 10;
constexpr std::size_t kTrustPolicyMax = 2'048;
constexpr std::size_t kManagedPolicyMax = 6'144;
constexpr std::size_t kRolePoliciesMax = 10'240;  // all of one role together

// When most of AWS's own policies were made.
constexpr auto kPoliciesOfAwsCreated = std::chrono::sys_days{std::chrono::year{2015} / 2 / 6};

std::string role_key(const std::string& account, const std::string& name) {
  return Encoder().raw("R").raw(account).raw(":").raw(name).bytes();
}

std::string policy_key(const std::string& arn) {
  return Encoder().raw("P").raw(arn).bytes();
}

// AROA... or ANPA...: 17 characters follow the prefix that says what it is of.
std::string unique_id(Random& random, const char* prefix) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = prefix;
  std::uint64_t bits = 0;
  for (int i = 0; i < 17; ++i, bits >>= 5) {
    if (i % 12 == 0) bits = random.next();
    id.push_back(kAlphabet[bits & 31]);
  }
  return id;
}

cloud::Error no_such_entity(const std::string& what) {
  return {"NoSuchEntity", what, 404};
}

cloud::Error no_such_role(const std::string& name) {
  return no_such_entity("The role with name " + name + " cannot be found.");
}

cloud::Error no_such_policy(const std::string& arn) {
  return no_such_entity("Policy " + arn + " was not found.");
}

cloud::Error conflict(const std::string& why) {
  return {"DeleteConflict", why, 409};
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// Fills `page` with up to `max` of the items behind `marker`. name_of gives the marker of an item,
// null if it is not asked for; the items that are stand in the order of their markers.
template <class Result, class Items, class NameOf, class Add>
void paginate(Result& page, const Items& items, const std::string& marker, int max, NameOf name_of,
              Add add) {
  check_max_items(max);
  const std::string* last = nullptr;
  for (const auto& item : items) {
    const std::string* name = name_of(item);
    if (!name || *name <= marker) continue;
    if (max-- == 0) {
      page.IsTruncated = true;
      page.Marker = *last;
      return;
    }
    add(item);
    last = name;
  }
}

}  // namespace

// --- Opening and saving -----------------------------------------------------------------------

void Roles::open(const Store& store) {
  store.scan(Family::config, "R", "S", [&](std::string_view key, std::string_view value) {
    const auto json = read_json_record(value);
    Entry entry;
    auto& role = entry.role;
    role.Path = json.at("path").as_string();
    role.RoleName = json.at("name").as_string();
    role.RoleId = json.at("id").as_string();
    role.Arn = json.at("arn").as_string();
    role.CreateDate = from_ms(json.at("created").to_number<std::int64_t>());
    role.AssumeRolePolicyDocument = json.at("trust").as_string();
    role.Description = json.at("description").as_string();
    role.MaxSessionDuration = json.at("session_s").to_number<int>();
    entry.attached = boost::json::value_to<std::set<std::string>>(json.at("attached"));
    entry.policies = boost::json::value_to<std::map<std::string, std::string>>(json.at("policies"));
    const std::string account(key.substr(1, key.find(':') - 1));
    roles_.emplace(Key(account, role.RoleName), std::move(entry));
    return true;
  });
  store.scan(Family::config, "P", "Q", [&](std::string_view, std::string_view value) {
    const auto json = read_json_record(value);
    Managed managed;
    auto& policy = managed.policy;
    policy.Arn = json.at("arn").as_string();
    policy.PolicyId = json.at("id").as_string();
    policy.PolicyName = name_of_policy(policy.Arn);
    policy.Path = path_of_policy(policy.Arn);
    policy.DefaultVersionId = "v1";
    policy.Description = json.at("description").as_string();
    policy.CreateDate = from_ms(json.at("created").to_number<std::int64_t>());
    policy.UpdateDate = policy.CreateDate;
    managed.document = json.at("document").as_string();
    policies_.emplace(policy.Arn, std::move(managed));
    return true;
  });
}

void Roles::write(Turn& turn, const std::string& account, const Entry& entry) {
  const auto& role = entry.role;
  const boost::json::object json{{"path", role.Path},
                                 {"name", role.RoleName},
                                 {"id", role.RoleId},
                                 {"arn", role.Arn},
                                 {"created", to_ms(role.CreateDate)},
                                 {"trust", role.AssumeRolePolicyDocument},
                                 {"description", role.Description},
                                 {"session_s", role.MaxSessionDuration},
                                 {"attached", boost::json::value_from(entry.attached)},
                                 {"policies", boost::json::value_from(entry.policies)}};
  turn.batch.put(Family::config, role_key(account, role.RoleName), boost::json::serialize(json));
}

// --- Roles ------------------------------------------------------------------------------------

cloud::Role Roles::create(Turn& turn, const std::string& account,
                          const cloud::CreateRoleRequest& request) {
  check_role_name(request.RoleName);
  check_path(request.Path);
  check_description(request.Description);
  check_session_duration(request.MaxSessionDuration);
  check_trust_policy(request.AssumeRolePolicyDocument);
  check_quota(document_size(request.AssumeRolePolicyDocument), kTrustPolicyMax, "ACLSizePerRole");
  std::size_t count = 1;
  for (auto it = roles_.lower_bound({account, ""}); it != roles_.end(); ++it, ++count) {
    if (it->first.first != account) break;
    if (same_ignoring_case(it->first.second, request.RoleName)) {
      throw cloud::Error("EntityAlreadyExists",
                         "Role with name " + request.RoleName + " already exists.", 409);
    }
  }
  check_quota(count, kRolesMax, "RolesPerAccount");
  Entry entry;
  auto& role = entry.role;
  role.Path = request.Path;
  role.RoleName = request.RoleName;
  role.RoleId = unique_id(turn.random, "AROA");
  role.Arn = "arn:aws:iam::" + account + ":role" + request.Path + request.RoleName;
  role.CreateDate = std::chrono::floor<std::chrono::seconds>(turn.now);
  role.AssumeRolePolicyDocument = request.AssumeRolePolicyDocument;
  role.Description = request.Description;
  role.MaxSessionDuration = request.MaxSessionDuration;
  write(turn, account, entry);
  return roles_.emplace(Key(account, request.RoleName), std::move(entry)).first->second.role;
}

const Roles::Entry& Roles::find(const std::string& account, const std::string& name) const {
  check_role_name(name);
  const auto it = roles_.find({account, name});
  if (it == roles_.end()) throw no_such_role(name);
  return it->second;
}

Roles::Entry& Roles::find(const std::string& account, const std::string& name) {
  return const_cast<Entry&>(std::as_const(*this).find(account, name));
}

const cloud::Role& Roles::get(const std::string& account, const std::string& name) const {
  return find(account, name).role;
}

void Roles::destroy(Turn& turn, const std::string& account, const std::string& name) {
  const Entry& entry = find(account, name);
  if (!entry.policies.empty()) {
    throw conflict("Cannot delete entity, must delete policies first.");
  }
  if (!entry.attached.empty()) {
    throw conflict("Cannot delete entity, must detach all policies first.");
  }
  turn.batch.remove(Family::config, role_key(account, name));
  roles_.erase({account, name});
}

cloud::ListRolesResult Roles::list(const std::string& account,
                                   const cloud::ListRolesRequest& request) const {
  cloud::ListRolesResult result;
  paginate(
      result, roles_, request.Marker, request.MaxItems,
      [&](const auto& item) {
        const bool wanted =
            item.first.first == account && item.second.role.Path.starts_with(request.PathPrefix);
        return wanted ? &item.first.second : nullptr;
      },
      [&](const auto& item) { result.Roles.push_back(item.second.role); });
  return result;
}

// --- Policies of a role -----------------------------------------------------------------------

void Roles::attach(Turn& turn, const std::string& account,
                   const cloud::AttachRolePolicyRequest& request) {
  check_policy_arn(request.PolicyArn);
  Entry& entry = find(account, request.RoleName);
  const auto managed = policies_.find(request.PolicyArn);
  const bool own = managed != policies_.end() &&
                   request.PolicyArn.starts_with("arn:aws:iam::" + account + ":policy/");
  if (!own && !is_policy_of_aws(request.PolicyArn)) {
    throw no_such_entity("Policy " + request.PolicyArn + " does not exist or is not attachable.");
  }
  if (entry.attached.contains(request.PolicyArn)) return;
  check_quota(entry.attached.size() + 1, kAttachedMax, "PoliciesPerRole");
  entry.attached.insert(request.PolicyArn);
  write(turn, account, entry);
}

void Roles::detach(Turn& turn, const std::string& account,
                   const cloud::DetachRolePolicyRequest& request) {
  check_policy_arn(request.PolicyArn);
  Entry& entry = find(account, request.RoleName);
  if (entry.attached.erase(request.PolicyArn) == 0) throw no_such_policy(request.PolicyArn);
  write(turn, account, entry);
}

cloud::ListAttachedRolePoliciesResult Roles::list_attached(
    const std::string& account, const cloud::ListAttachedRolePoliciesRequest& request) const {
  cloud::ListAttachedRolePoliciesResult result;
  paginate(
      result, find(account, request.RoleName).attached, request.Marker, request.MaxItems,
      [&](const std::string& arn) {
        return path_of_policy(arn).starts_with(request.PathPrefix) ? &arn : nullptr;
      },
      [&](const std::string& arn) {
        result.AttachedPolicies.push_back({name_of_policy(arn), arn});
      });
  return result;
}

void Roles::put_policy(Turn& turn, const std::string& account,
                       const cloud::PutRolePolicyRequest& request) {
  check_policy_name(request.PolicyName);
  check_identity_policy(request.PolicyDocument);
  Entry& entry = find(account, request.RoleName);
  std::size_t size = document_size(request.PolicyDocument);
  for (const auto& [name, document] : entry.policies) {
    if (name != request.PolicyName) size += document_size(document);
  }
  if (size > kRolePoliciesMax) {
    throw cloud::Error("LimitExceeded",
                       "Maximum policy size of " + std::to_string(kRolePoliciesMax) +
                           " bytes exceeded for role " + request.RoleName,
                       409);
  }
  entry.policies[request.PolicyName] = request.PolicyDocument;
  write(turn, account, entry);
}

cloud::GetRolePolicyResult Roles::policy_of(const std::string& account,
                                            const cloud::GetRolePolicyRequest& request) const {
  const Entry& entry = find(account, request.RoleName);
  const auto it = entry.policies.find(request.PolicyName);
  if (it == entry.policies.end()) {
    throw no_such_entity("The role policy with name " + request.PolicyName + " cannot be found.");
  }
  return {request.RoleName, it->first, it->second};
}

void Roles::delete_policy_of(Turn& turn, const std::string& account,
                             const cloud::DeleteRolePolicyRequest& request) {
  Entry& entry = find(account, request.RoleName);
  if (entry.policies.erase(request.PolicyName) == 0) {
    throw no_such_entity("The role policy with name " + request.PolicyName + " cannot be found.");
  }
  write(turn, account, entry);
}

cloud::ListRolePoliciesResult Roles::list_policies_of(
    const std::string& account, const cloud::ListRolePoliciesRequest& request) const {
  cloud::ListRolePoliciesResult result;
  paginate(
      result, find(account, request.RoleName).policies, request.Marker, request.MaxItems,
      [](const auto& item) { return &item.first; },
      [&](const auto& item) { result.PolicyNames.push_back(item.first); });
  return result;
}

// --- Managed policies -------------------------------------------------------------------------

int Roles::attachments(const std::string& account, const std::string& arn) const {
  int count = 0;
  for (auto it = roles_.lower_bound({account, ""}); it != roles_.end(); ++it) {
    if (it->first.first != account) break;
    if (it->second.attached.contains(arn)) ++count;
  }
  return count;
}

cloud::ManagedPolicy Roles::create_policy(Turn& turn, const std::string& account,
                                          const cloud::CreatePolicyRequest& request) {
  check_policy_name(request.PolicyName);
  check_path(request.Path);
  check_description(request.Description);
  check_identity_policy(request.PolicyDocument);
  check_quota(document_size(request.PolicyDocument), kManagedPolicyMax, "PolicySize");
  const std::string begin = "arn:aws:iam::" + account + ":policy/";
  std::size_t count = 1;
  for (auto it = policies_.lower_bound(begin); it != policies_.end(); ++it, ++count) {
    if (!it->first.starts_with(begin)) break;
    if (same_ignoring_case(it->second.policy.PolicyName, request.PolicyName)) {
      throw cloud::Error("EntityAlreadyExists",
                         "A policy called " + request.PolicyName +
                             " already exists. Duplicate names are not allowed.",
                         409);
    }
  }
  check_quota(count, kPoliciesMax, "PoliciesPerAccount");
  Managed managed;
  auto& policy = managed.policy;
  policy.PolicyName = request.PolicyName;
  policy.PolicyId = unique_id(turn.random, "ANPA");
  policy.Path = request.Path;
  policy.Arn = "arn:aws:iam::" + account + ":policy" + request.Path + request.PolicyName;
  policy.DefaultVersionId = "v1";
  policy.Description = request.Description;
  policy.CreateDate = std::chrono::floor<std::chrono::seconds>(turn.now);
  policy.UpdateDate = policy.CreateDate;
  managed.document = request.PolicyDocument;
  const boost::json::object json{{"arn", policy.Arn},
                                 {"id", policy.PolicyId},
                                 {"description", policy.Description},
                                 {"created", to_ms(policy.CreateDate)},
                                 {"document", managed.document}};
  turn.batch.put(Family::config, policy_key(policy.Arn), boost::json::serialize(json));
  return policies_.emplace(policy.Arn, std::move(managed)).first->second.policy;
}

cloud::ManagedPolicy Roles::policy(const std::string& account, const std::string& arn) const {
  check_policy_arn(arn);
  cloud::ManagedPolicy policy;
  if (is_policy_of_aws(arn)) {
    policy.Arn = arn;
    policy.PolicyName = name_of_policy(arn);
    policy.Path = path_of_policy(arn);
    const auto digest = md5(arn);
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < sizeof seed; ++i) seed = seed << 8 | digest[i];
    Random stable(seed);
    policy.PolicyId = unique_id(stable, "ANPA");
    policy.DefaultVersionId = "v1";
    policy.CreateDate = policy.UpdateDate = kPoliciesOfAwsCreated;
  } else {
    const auto it = policies_.find(arn);
    if (it == policies_.end() || !arn.starts_with("arn:aws:iam::" + account + ":")) {
      throw no_such_policy(arn);
    }
    policy = it->second.policy;
  }
  policy.AttachmentCount = attachments(account, arn);
  return policy;
}

void Roles::destroy_policy(Turn& turn, const std::string& account, const std::string& arn) {
  const int attached = policy(account, arn).AttachmentCount;
  if (is_policy_of_aws(arn)) {
    throw cloud::Error("AccessDenied", "AWS managed policies cannot be deleted: " + arn, 403);
  }
  if (attached > 0) throw conflict("Cannot delete a policy attached to entities.");
  turn.batch.remove(Family::config, policy_key(arn));
  policies_.erase(arn);
}

}  // namespace doorbuster::engine
