#include "engine/cors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace doorbuster::engine {
namespace {

constexpr std::size_t kRulesMax = 100;
constexpr std::array<std::string_view, 5> kMethods = {"GET", "PUT", "POST", "DELETE", "HEAD"};

// `pattern` has one "*" at the most.
bool fits(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const auto head = pattern.substr(0, star);
  const auto tail = pattern.substr(star + 1);
  return text.size() >= head.size() + tail.size() && text.starts_with(head) && text.ends_with(tail);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

const std::string* find(const std::vector<std::string>& patterns, std::string_view text) {
  const auto it = std::find_if(patterns.begin(), patterns.end(),
                               [text](const std::string& pattern) { return fits(pattern, text); });
  return it == patterns.end() ? nullptr : &*it;
}

bool allows_header(const cloud::CORSRule& rule, const std::string& header) {
  const std::string name = lower(header);
  return std::any_of(rule.AllowedHeaders.begin(), rule.AllowedHeaders.end(),
                     [&name](const std::string& pattern) { return fits(lower(pattern), name); });
}

void check_wildcards(const std::vector<std::string>& patterns, const char* what) {
  for (const auto& pattern : patterns) {
    if (std::count(pattern.begin(), pattern.end(), '*') <= 1) continue;
    throw cloud::Error("InvalidRequest", std::string(what) + " \"" + pattern +
                                             "\" can not have more than one wildcard.");
  }
}

}  // namespace

void check_cors(const cloud::CORSConfiguration& configuration) {
  const auto& rules = configuration.CORSRules;
  const bool whole = std::all_of(rules.begin(), rules.end(), [](const cloud::CORSRule& rule) {
    return !rule.AllowedMethods.empty() && !rule.AllowedOrigins.empty();
  });
  if (rules.empty() || rules.size() > kRulesMax || !whole) {
    throw cloud::Error("MalformedXML",
                       "The XML you provided was not well-formed or did not validate against our "
                       "published schema");
  }
  for (const auto& rule : rules) {
    for (const auto& method : rule.AllowedMethods) {
      if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) continue;
      throw cloud::Error(
          "InvalidRequest",
          "Found unsupported HTTP method in CORS config. Unsupported method is " + method);
    }
    check_wildcards(rule.AllowedOrigins, "AllowedOrigin");
    check_wildcards(rule.AllowedHeaders, "AllowedHeader");
    for (const auto& header : rule.ExposeHeaders) {
      if (header.find('*') == std::string::npos) continue;
      throw cloud::Error("InvalidRequest", "ExposeHeader \"" + header +
                                               "\" contains wildcard. We currently do not support "
                                               "wildcard for ExposeHeader.");
    }
  }
}

std::optional<cloud::OptionsObjectResult> evaluate(const cloud::CORSConfiguration& configuration,
                                                   const cloud::OptionsObjectRequest& request) {
  for (const auto& rule : configuration.CORSRules) {
    const std::string* origin = find(rule.AllowedOrigins, request.Origin);
    const auto& methods = rule.AllowedMethods;
    if (!origin || std::find(methods.begin(), methods.end(), request.Method) == methods.end() ||
        !std::all_of(request.Headers.begin(), request.Headers.end(),
                     [&rule](const std::string& header) { return allows_header(rule, header); })) {
      continue;
    }
    cloud::OptionsObjectResult result;
    // An origin that is named may send its cookies.
    result.AllowOrigin = *origin == "*" ? "*" : request.Origin;
    result.AllowCredentials = *origin != "*";
    result.AllowMethods = methods;
    for (const auto& header : request.Headers) result.AllowHeaders.push_back(lower(header));
    result.ExposeHeaders = rule.ExposeHeaders;
    result.MaxAgeSeconds = rule.MaxAgeSeconds;
    return result;
  }
  return std::nullopt;
}

}  // namespace doorbuster::engine
