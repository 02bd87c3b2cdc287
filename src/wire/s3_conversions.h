// What S3 writes another way than cloud/ has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/s3.h"
#include "wire/shape.h"

namespace doorbuster::wire {

// x-amz-tagging: tags as the query of a URL.
void store_tagging(const std::string& header, std::vector<cloud::Tag>& tags, const Wording&);
void load_tagging(const std::vector<cloud::Tag>& tags, std::string& header);

// x-amz-copy-source: BUCKET/KEY, escaped, perhaps after a "/".
void store_copy_source(const std::string& header, cloud::CopySource& source, const Wording&);
void load_copy_source(const cloud::CopySource& source, std::string& header);

// Names separated by commas.
void store_names(const std::string& header, std::vector<std::string>& names, const Wording&);
void load_names(const std::vector<std::string>& names, std::string& header);

// Content-Encoding without aws-chunked, which is only the request's.
void store_encoding(const std::string& header, std::string& encoding, const Wording&);
void load_encoding(const std::string& encoding, std::string& header);

// Left out if nought.
void store_count(const std::optional<int>& header, int& count, const Wording&);
void load_count(const int& count, std::optional<int>& header);

// <TopicConfiguration>, <QueueConfiguration>, <CloudFunctionConfiguration>: what the ARN's element
// is called is what they differ in.
struct FilterRule {
  std::string Name;
  std::string Value;
};
struct KeyFilter {
  std::vector<FilterRule> FilterRules;
};
struct EventFilter {
  KeyFilter S3Key;
};
struct Destination {
  std::string Id;
  std::string Arn;
  std::vector<std::string> Events;
  std::optional<EventFilter> Filter;
};
struct TopicDestination : Destination {};
struct QueueDestination : Destination {};
struct FunctionDestination : Destination {};

void store_destination(const Destination& from, cloud::NotificationDestination& to);
void load_destination(const cloud::NotificationDestination& from, Destination& to);

template <class Named>
void store_named(const Named& from, cloud::NotificationDestination& to, const Wording&) {
  store_destination(from, to);
}
template <class Named>
void load_named(const cloud::NotificationDestination& from, Named& to) {
  load_destination(from, to);
}

}  // namespace doorbuster::wire
