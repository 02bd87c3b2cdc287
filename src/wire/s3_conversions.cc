#include "wire/s3_conversions.h"

#include <algorithm>

#include "documents/utf8.h"
#include "wire/encoding.h"

namespace doorbuster::wire {

void store_tagging(const std::string& header, std::vector<cloud::Tag>& tags, const Wording&) {
  std::string_view rest = header;
  while (!rest.empty()) {
    auto value = take_until(rest, '&');
    const auto name = take_until(value, '=');
    cloud::Tag tag{unescaped(name, true), unescaped(value, true)};
    const bool repeated = std::any_of(
        tags.begin(), tags.end(), [&](const cloud::Tag& other) { return other.Key == tag.Key; });
    const bool text = documents::is_utf8(tag.Key) && documents::is_utf8(tag.Value);
    if (tag.Key.empty() || repeated || !text) {
      throw cloud::Error("InvalidArgument",
                         "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL "
                         "query parameters without tag name duplicates.");
    }
    tags.push_back(std::move(tag));
  }
}

void load_tagging(const std::vector<cloud::Tag>& tags, std::string& header) {
  for (const auto& tag : tags) {
    if (!header.empty()) header += '&';
    append_escaped(header, tag.Key);
    header += '=';
    append_escaped(header, tag.Value);
  }
}

void store_copy_source(const std::string& header, cloud::CopySource& source, const Wording&) {
  constexpr std::string_view version_mark = "?versionId=";
  std::string_view rest = header;
  if (const auto at = rest.find(version_mark); at != std::string_view::npos) {
    const auto version = rest.substr(at + version_mark.size());
    if (version != "null") {
      throw cloud::Error("NotImplemented", "Versions of objects are not implemented.", 501);
    }
    rest = rest.substr(0, at);
  }
  const std::string plain = unescaped(rest, true);
  std::string_view path = plain;
  if (path.starts_with('/')) path.remove_prefix(1);
  source.Bucket = take_until(path, '/');
  source.Key = path;
  if (source.Bucket.empty() || source.Key.empty()) {
    throw cloud::Error("InvalidArgument",
                       "Copy Source must mention the source bucket and key: "
                       "sourcebucket/sourcekey");
  }
}

void load_copy_source(const cloud::CopySource& source, std::string& header) {
  append_escaped(header, source.Bucket);
  header += '/';
  append_escaped(header, source.Key, true);
}

void store_names(const std::string& header, std::vector<std::string>& names, const Wording&) {
  std::string_view rest = header;
  while (!rest.empty()) {
    const auto name = trimmed(take_until(rest, ','));
    if (!name.empty()) names.emplace_back(name);
  }
}

void load_names(const std::vector<std::string>& names, std::string& header) {
  for (const auto& name : names) {
    if (!header.empty()) header += ", ";
    header += name;
  }
}

void store_encoding(const std::string& header, std::string& encoding, const Wording&) {
  std::string_view rest = header;
  while (!rest.empty()) {
    const auto one = trimmed(take_until(rest, ','));
    if (one.empty() || equal_ignoring_case(one, "aws-chunked")) continue;
    if (!encoding.empty()) encoding += ',';
    encoding += one;
  }
}

void load_encoding(const std::string& encoding, std::string& header) {
  header = encoding;
}

void store_count(const std::optional<int>& header, int& count, const Wording&) {
  count = header.value_or(0);
}

void load_count(const int& count, std::optional<int>& header) {
  if (count != 0) header = count;
}

void store_destination(const Destination& from, cloud::NotificationDestination& to) {
  to.Id = from.Id;
  to.Arn = from.Arn;
  to.Events = from.Events;
  if (!from.Filter) return;
  for (const auto& rule : from.Filter->S3Key.FilterRules) {
    if (equal_ignoring_case(rule.Name, "prefix")) {
      to.FilterPrefix = rule.Value;
    } else if (equal_ignoring_case(rule.Name, "suffix")) {
      to.FilterSuffix = rule.Value;
    } else {
      throw cloud::Error("InvalidArgument", "filter rule name must be either prefix or suffix");
    }
  }
}

void load_destination(const cloud::NotificationDestination& from, Destination& to) {
  to.Id = from.Id;
  to.Arn = from.Arn;
  to.Events = from.Events;
  if (from.FilterPrefix.empty() && from.FilterSuffix.empty()) return;
  auto& rules = to.Filter.emplace().S3Key.FilterRules;
  if (!from.FilterPrefix.empty()) rules.push_back({"Prefix", from.FilterPrefix});
  if (!from.FilterSuffix.empty()) rules.push_back({"Suffix", from.FilterSuffix});
}

}  // namespace doorbuster::wire
