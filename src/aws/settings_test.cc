#include "aws/settings.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

namespace doorbuster::aws {
namespace {

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
    home_ = mkdtemp(name.data());
    std::filesystem::create_directories(home_ / ".aws");
    variables_["HOME"] = home_.string();
  }
  ~SettingsTest() override { std::filesystem::remove_all(home_); }

  void write(const std::filesystem::path& name, const std::string& text) {
    std::ofstream(home_ / name) << text;
  }
  Variables variables() const {
    return [this](const char* name) -> std::optional<std::string> {
      const auto it = variables_.find(name);
      if (it == variables_.end()) return std::nullopt;
      return it->second;
    };
  }
  Settings read() const { return read_settings(variables()); }
  std::string refusal() const {
    try {
      read();
    } catch (const SettingsError& e) {
      return e.what();
    }
    return "";
  }

  std::filesystem::path home_;
  std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, ThisMachineNeedsNothingButTheEndpoint) {
  variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
  const auto settings = read();
  EXPECT_EQ(settings.endpoints.sqs.origin.str(), "http://127.0.0.1:4566");
  EXPECT_EQ(settings.endpoints.s3.origin, settings.endpoints.sqs.origin);
  EXPECT_EQ(settings.region, "us-east-1");
  EXPECT_EQ(settings.credentials.access_key_id, "test");
  EXPECT_EQ(settings.credentials.secret_access_key, "test");
}

TEST_F(SettingsTest, AServicesOwnEndpointGoesFirst) {
  variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566/";
  variables_["AWS_ENDPOINT_URL_S3"] = "http://localhost:9000/storage";
  const auto settings = read();
  EXPECT_EQ(settings.endpoints.sns.origin.port, "4566");
  EXPECT_EQ(settings.endpoints.sns.target, "");
  EXPECT_EQ(settings.endpoints.s3.origin.port, "9000");
  EXPECT_EQ(settings.endpoints.s3.target, "/storage");
}

TEST_F(SettingsTest, WhatIsNotNamedIsAwssOwn) {
  variables_["AWS_REGION"] = "eu-west-1";
  variables_["AWS_ACCESS_KEY_ID"] = "AKID";
  variables_["AWS_SECRET_ACCESS_KEY"] = "secret";
  variables_["AWS_SESSION_TOKEN"] = "token";
  const auto settings = read();
  EXPECT_EQ(settings.endpoints.sqs.origin.str(), "https://sqs.eu-west-1.amazonaws.com");
  EXPECT_EQ(settings.endpoints.iam.origin.str(), "https://iam.amazonaws.com");
  EXPECT_EQ(settings.credentials.session_token, "token");
}

TEST_F(SettingsTest, IamIsInOnePlaceOfEachPartition) {
  variables_["AWS_ACCESS_KEY_ID"] = "AKID";
  variables_["AWS_SECRET_ACCESS_KEY"] = "secret";
  const auto iam = [this](const char* region) {
    variables_["AWS_REGION"] = region;
    const auto settings = read();
    return settings.endpoints.iam.origin.host + ' ' + settings.iam_region;
  };
  EXPECT_EQ(iam("eu-west-1"), "iam.amazonaws.com us-east-1");
  EXPECT_EQ(iam("cn-northwest-1"), "iam.cn-north-1.amazonaws.com.cn cn-north-1");
  EXPECT_EQ(iam("us-gov-east-1"), "iam.us-gov.amazonaws.com us-gov-west-1");
  variables_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4566";
  EXPECT_EQ(iam("eu-west-1"), "127.0.0.1 eu-west-1");
}

TEST_F(SettingsTest, ElsewhereARegionAndCredentialsAreNeeded) {
  variables_["AWS_ENDPOINT_URL"] = "https://cloud.example";
  EXPECT_THAT(refusal(), testing::HasSubstr("AWS_REGION"));
  variables_["AWS_DEFAULT_REGION"] = "eu-west-1";
  EXPECT_THAT(refusal(), testing::HasSubstr("AWS_ACCESS_KEY_ID"));
  variables_["AWS_ACCESS_KEY_ID"] = "AKID";
  EXPECT_THAT(refusal(), testing::HasSubstr("AWS_SECRET_ACCESS_KEY"));
  variables_["AWS_SECRET_ACCESS_KEY"] = "secret";
  EXPECT_EQ(read().region, "eu-west-1");
  variables_["AWS_REGION"] = "eu-west-2";
  EXPECT_EQ(read().region, "eu-west-2");
}

TEST_F(SettingsTest, AProfileComesFromBothFiles) {
  write(".aws/credentials",
        "[default]\naws_access_key_id = A\naws_secret_access_key = B\n"
        "[shop]\n# a comment\naws_access_key_id=C\naws_secret_access_key=D\n");
  write(".aws/config",
        "[default]\nregion = eu-west-1\n\n[profile shop]\ns3 =\n  region = nowhere\n"
        "region = eu-west-3\n");
  EXPECT_EQ(read().credentials.access_key_id, "A");
  EXPECT_EQ(read().region, "eu-west-1");
  variables_["AWS_PROFILE"] = "shop";
  EXPECT_EQ(read().credentials.access_key_id, "C");
  EXPECT_EQ(read().credentials.secret_access_key, "D");
  EXPECT_EQ(read().region, "eu-west-3");
  variables_["AWS_ACCESS_KEY_ID"] = "E";
  variables_["AWS_SECRET_ACCESS_KEY"] = "F";
  EXPECT_EQ(read().credentials.secret_access_key, "F");
  variables_["AWS_PROFILE"] = "none";
  EXPECT_THAT(refusal(), testing::HasSubstr("no profile none"));
}

TEST_F(SettingsTest, TheFilesCanBeElsewhere) {
  write("keys", "[default]\naws_access_key_id = A\naws_secret_access_key = B\n");
  write("settings", "[default]\nregion = eu-west-1\n");
  variables_["AWS_SHARED_CREDENTIALS_FILE"] = "~/keys";
  variables_["AWS_CONFIG_FILE"] = (home_ / "settings").string();
  EXPECT_EQ(read().credentials.access_key_id, "A");
  EXPECT_EQ(read().region, "eu-west-1");
}

TEST_F(SettingsTest, AnEndpointMustBeAUrl) {
  variables_["AWS_ENDPOINT_URL_SNS"] = "localhost:4566";
  EXPECT_THAT(refusal(), testing::AllOf(testing::HasSubstr("AWS_ENDPOINT_URL_SNS"),
                                        testing::HasSubstr("localhost:4566")));
}

TEST_F(SettingsTest, OneEndpointIsEnoughToNameTheCloud) {
  EXPECT_FALSE(names_endpoint(variables()));
  variables_["AWS_ENDPOINT_URL_SQS"] = "http://127.0.0.1:1";
  EXPECT_TRUE(names_endpoint(variables()));
}

TEST(Url, ItsParts) {
  const auto url = Url::parse("https://[::1]:8443/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->origin.tls);
  EXPECT_EQ(url->origin.host, "::1");
  EXPECT_EQ(url->origin.port, "8443");
  EXPECT_EQ(url->origin.authority(), "[::1]:8443");
  EXPECT_TRUE(url->origin.loopback());
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(Url::parse("http://host")->target, "/");
  EXPECT_EQ(Url::parse("http://host?x")->target, "/?x");
  EXPECT_EQ(Url::parse("http://host:80")->origin.authority(), "host");
}

TEST(Url, WhatIsNone) {
  for (const char* text :
       {"", "host", "ftp://host/", "http://", "http:///path", "http://a b/", "http://user@host/",
        "http://host:port/", "http://host:123456/", "http://[::1/", "http://host/\r\nX: y"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
}

}  // namespace
}  // namespace doorbuster::aws
