#include "engine/permissions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "engine/policy.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

json::object parse(std::string_view policy) {
  json::error_code bad;
  auto parsed = json::parse(policy, bad);
  if (bad || !parsed.is_object()) throw PolicyError("a policy must be a JSON object");
  return std::move(parsed.get_object());
}

// A policy may have one statement that stands for a list of one.
json::array& statements(json::object& policy) {
  json::value& found = policy["Statement"];
  if (found.is_null()) found = json::array();
  if (found.is_object()) found = json::array{std::move(found)};
  if (!found.is_array()) throw PolicyError("Statement must be an object or an array");
  return found.get_array();
}

bool has_label(const json::value& statement, std::string_view label) {
  const auto* object = statement.if_object();
  const auto* sid = object ? object->if_contains("Sid") : nullptr;
  return sid && sid->is_string() && sid->get_string() == label;
}

// AWS writes a list of one as its element.
json::value list(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return json::string(texts[0]);
  json::array all;
  for (const auto& text : texts) all.emplace_back(text);
  return all;
}

}  // namespace

std::optional<std::string> add_permission(std::string_view policy, const Permission& permission) {
  auto next =
      policy.empty()
          ? json::object{{"Version", "2008-10-17"},
                         {"Id", permission.resource + '/' + permission.service + "DefaultPolicy"}}
          : parse(policy);
  auto& all = statements(next);
  const auto same = [&](const auto& s) { return has_label(s, permission.label); };
  if (std::any_of(all.begin(), all.end(), same)) return std::nullopt;
  std::vector<std::string> principals;
  for (const auto& account : permission.accounts) {
    principals.push_back(account == "*" ? account : "arn:aws:iam::" + account + ":root");
  }
  std::vector<std::string> actions;
  for (const auto& action : permission.actions)
    actions.push_back(permission.service + ':' + action);
  all.emplace_back(json::object{{"Sid", permission.label},
                                {"Effect", "Allow"},
                                {"Principal", json::object{{"AWS", list(principals)}}},
                                {"Action", list(actions)},
                                {"Resource", permission.resource}});
  return json::serialize(next);
}

std::optional<std::string> remove_permission(std::string_view policy, std::string_view label) {
  if (policy.empty()) return std::nullopt;
  auto next = parse(policy);
  auto& all = statements(next);
  const auto kept =
      std::remove_if(all.begin(), all.end(), [&](const auto& s) { return has_label(s, label); });
  if (kept == all.end()) return std::nullopt;
  all.erase(kept, all.end());
  return all.empty() ? std::string() : json::serialize(next);
}

}  // namespace doorbuster::engine
