#include "aws/settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>

namespace doorbuster::aws {
namespace {

struct ServiceEndpoint {
  const char* name;
  const char* variable;
  Url Endpoints::*url;
};
constexpr std::array kServices = {
    ServiceEndpoint{"sqs", "AWS_ENDPOINT_URL_SQS", &Endpoints::sqs},
    ServiceEndpoint{"sns", "AWS_ENDPOINT_URL_SNS", &Endpoints::sns},
    ServiceEndpoint{"s3", "AWS_ENDPOINT_URL_S3", &Endpoints::s3},
    ServiceEndpoint{"sts", "AWS_ENDPOINT_URL_STS", &Endpoints::sts},
    ServiceEndpoint{"iam", "AWS_ENDPOINT_URL_IAM", &Endpoints::iam},
    ServiceEndpoint{"lambda", "AWS_ENDPOINT_URL_LAMBDA", &Endpoints::lambda},
    ServiceEndpoint{"states", "AWS_ENDPOINT_URL_SFN", &Endpoints::step_functions},
};

using Section = std::map<std::string, std::string>;

std::string_view trimmed(std::string_view text) {
  constexpr const char* kSpace = " \t\r";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_section(std::string_view line, std::string_view name) {
  if (!line.starts_with('[') || !line.ends_with(']')) return false;
  return trimmed(line.substr(1, line.size() - 2)) == name;
}

// The settings of one section; nothing if the file has none of that name. Settings nested under
// another, which are indented, are left out.
std::optional<Section> read_section(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  std::optional<Section> section;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    if (text.front() == '[') {
      inside = is_section(text, name);
      if (inside && !section) section.emplace();
      continue;
    }
    const auto equals = text.find('=');
    if (!inside || line.front() == ' ' || line.front() == '\t' || equals == std::string::npos) {
      continue;
    }
    section->insert_or_assign(std::string(trimmed(text.substr(0, equals))),
                              trimmed(text.substr(equals + 1)));
  }
  return section;
}

// What the profile says in both files; the credentials file goes first.
Section read_profile(const Variables& variables) {
  const std::string home = variables("HOME").value_or("");
  const auto named = variables("AWS_PROFILE");
  const std::string profile = named.value_or("default");
  const auto path = [&](const char* variable, const char* usual) {
    std::string at = variables(variable).value_or(home + usual);
    return at.starts_with("~/") ? home + at.substr(1) : at;
  };
  const auto credentials =
      read_section(path("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"), profile);
  const auto config = read_section(path("AWS_CONFIG_FILE", "/.aws/config"),
                                   profile == "default" ? profile : "profile " + profile);
  if (named && !credentials && !config) {
    throw SettingsError("there is no profile " + profile +
                        ", which AWS_PROFILE names, in the AWS CLI's files");
  }
  Section both = credentials.value_or(Section());
  if (config) both.insert(config->begin(), config->end());
  return both;
}

std::string value_of(const Section& section, const std::string& name) {
  const auto it = section.find(name);
  return it == section.end() ? "" : it->second;
}

wire::Credentials read_credentials(const Variables& variables, const Section& profile) {
  wire::Credentials credentials{variables("AWS_ACCESS_KEY_ID").value_or(""),
                                variables("AWS_SECRET_ACCESS_KEY").value_or(""),
                                variables("AWS_SESSION_TOKEN").value_or("")};
  if (credentials.access_key_id.empty()) {
    credentials = {value_of(profile, "aws_access_key_id"),
                   value_of(profile, "aws_secret_access_key"),
                   value_of(profile, "aws_session_token")};
  }
  if (!credentials.access_key_id.empty() && credentials.secret_access_key.empty()) {
    throw SettingsError("the access key " + credentials.access_key_id +
                        " has no secret: set AWS_SECRET_ACCESS_KEY");
  }
  return credentials;
}

Url parse_endpoint(const std::string& text, const char* variable) {
  auto url = Url::parse(text);
  if (!url) {
    throw SettingsError(std::string(variable) +
                        " is no address such as http://127.0.0.1:4566: " + text);
  }
  // A path, as behind a proxy, stands before every request's own.
  if (url->target.ends_with('/')) url->target.pop_back();
  if (url->target.find('?') != std::string::npos) {
    throw SettingsError(std::string(variable) + " must not have a query: " + text);
  }
  return *url;
}

// Returns whether all of them are on this machine. What no variable names is left empty.
bool read_endpoints(const Variables& variables, Endpoints* endpoints) {
  const auto everywhere = variables("AWS_ENDPOINT_URL");
  bool local = true;
  for (const auto& service : kServices) {
    Url& url = endpoints->*service.url;
    if (const auto its_own = variables(service.variable)) {
      url = parse_endpoint(*its_own, service.variable);
    } else if (everywhere) {
      url = parse_endpoint(*everywhere, "AWS_ENDPOINT_URL");
    }
    local = local && url.origin.loopback();
  }
  return local;
}

// IAM has one place in each of AWS's partitions, whatever region is asked for.
// https://docs.aws.amazon.com/general/latest/gr/iam-service.html
struct Partition {
  std::string_view prefix;  // of its regions
  const char* iam_region;
  const char* iam_host;
};
constexpr std::array kPartitions = {
    Partition{"cn-", "cn-north-1", "iam.cn-north-1.amazonaws.com.cn"},
    Partition{"us-gov-", "us-gov-west-1", "iam.us-gov.amazonaws.com"},
    Partition{"", "us-east-1", "iam.amazonaws.com"},
};

const Partition& partition_of(std::string_view region) {
  return *std::find_if(kPartitions.begin(), kPartitions.end(),
                       [&](const Partition& one) { return region.starts_with(one.prefix); });
}

std::string usual_host(std::string_view service, const std::string& region) {
  if (service == "iam") return partition_of(region).iam_host;
  return std::string(service) + '.' + region +
         (region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
}

}  // namespace

Variables process_variables() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never set here
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

bool names_endpoint(const Variables& variables) {
  return variables("AWS_ENDPOINT_URL") ||
         std::any_of(kServices.begin(), kServices.end(),
                     [&](const auto& service) { return variables(service.variable).has_value(); });
}

Settings read_settings(const Variables& variables) {
  Settings settings;
  const Section profile = read_profile(variables);
  settings.credentials = read_credentials(variables, profile);
  settings.region =
      variables("AWS_REGION")
          .value_or(variables("AWS_DEFAULT_REGION").value_or(value_of(profile, "region")));
  const bool local = read_endpoints(variables, &settings.endpoints);
  if (settings.region.empty() && local) settings.region = "us-east-1";
  if (settings.region.empty()) throw SettingsError("no region is known: set AWS_REGION");
  if (settings.credentials.access_key_id.empty()) {
    if (!local) {
      throw SettingsError(
          "no credentials are known: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
          "AWS_PROFILE");
    }
    settings.credentials = {"test", "test", ""};
  }
  const bool is_usual_iam = settings.endpoints.iam.origin.host.empty();
  settings.iam_region = is_usual_iam ? partition_of(settings.region).iam_region : settings.region;
  for (const auto& service : kServices) {
    Url& url = settings.endpoints.*service.url;
    if (url.origin.host.empty()) {
      url = {{true, usual_host(service.name, settings.region), "443"}, ""};
    }
  }
  return settings;
}

}  // namespace doorbuster::aws
