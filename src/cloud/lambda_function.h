// What AWS Lambda knows of a function: how it is made, configured and found.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::cloud {

// Everywhere below, FunctionName is a name ("MyFunction"), an ARN, or a part of one
// ("123456789012:function:MyFunction"), and Qualifier is empty or "$LATEST": a function has no
// other version here.

// The zip itself, an object that holds it, or the name of a function that is built into whatever
// runs functions.
struct FunctionCode {
  std::string ZipFile;  // raw bytes
  std::string S3Bucket;
  std::string S3Key;
  std::string S3ObjectVersion;
  std::string ImageUri;
};

struct Environment {
  std::map<std::string, std::string> Variables;
};
struct DeadLetterConfig {
  std::string TargetArn;  // of a queue or a topic; empty: none
};
struct TracingConfig {
  std::string Mode = "PassThrough";
};
struct EphemeralStorage {
  int Size = 512;  // MiB
};
struct LoggingConfig {
  std::string LogFormat = "Text";
  std::string LogGroup;
};
struct SnapStart {
  std::string ApplyOn = "None";
  std::string OptimizationStatus = "Off";
};

struct CreateFunctionRequest {
  std::string FunctionName;
  std::string Runtime;
  std::string Role;
  std::string Handler;
  FunctionCode Code;
  std::string Description;
  int Timeout = 3;       // seconds
  int MemorySize = 128;  // MiB
  bool Publish = false;
  std::string PackageType = "Zip";
  cloud::DeadLetterConfig DeadLetterConfig;
  cloud::Environment Environment;
  cloud::TracingConfig TracingConfig;
  cloud::EphemeralStorage EphemeralStorage;
  std::vector<std::string> Architectures;
  std::vector<std::string> Layers;
  std::map<std::string, std::string> Tags;
};

struct FunctionConfiguration {
  std::string FunctionName;
  std::string FunctionArn;
  std::string Runtime;
  std::string Role;
  std::string Handler;
  std::uint64_t CodeSize = 0;  // bytes
  std::string Description;
  int Timeout = 3;
  int MemorySize = 128;
  std::string LastModified;  // "2026-11-27T00:00:00.000+0000"
  std::string CodeSha256;
  std::string Version = "$LATEST";
  std::optional<cloud::DeadLetterConfig> DeadLetterConfig;
  std::optional<cloud::Environment> Environment;
  cloud::TracingConfig TracingConfig;
  std::string RevisionId;
  std::string State = "Active";
  std::string LastUpdateStatus = "Successful";
  std::string PackageType = "Zip";
  std::vector<std::string> Architectures;
  cloud::EphemeralStorage EphemeralStorage;
  cloud::SnapStart SnapStart;
  cloud::LoggingConfig LoggingConfig;
};

struct GetFunctionRequest {
  std::string FunctionName;
  std::string Qualifier;
};
struct FunctionCodeLocation {
  std::string RepositoryType;  // "S3", "ECR"
  std::string Location;
  std::string ImageUri;
};
struct Concurrency {
  std::optional<int> ReservedConcurrentExecutions;
};
struct GetFunctionResult {
  FunctionConfiguration Configuration;
  FunctionCodeLocation Code;
  std::map<std::string, std::string> Tags;
  std::optional<cloud::Concurrency> Concurrency;
};

struct GetFunctionConfigurationRequest {
  std::string FunctionName;
  std::string Qualifier;
};

struct UpdateFunctionCodeRequest : FunctionCode {
  std::string FunctionName;
  std::vector<std::string> Architectures;
  bool Publish = false;
  bool DryRun = false;
  std::string RevisionId;  // what it must be now; empty: whatever it is
};

struct UpdateFunctionConfigurationRequest {
  std::string FunctionName;
  std::optional<std::string> Role;
  std::optional<std::string> Handler;
  std::optional<std::string> Description;
  std::optional<int> Timeout;
  std::optional<int> MemorySize;
  std::optional<cloud::Environment> Environment;
  std::optional<std::string> Runtime;
  std::optional<cloud::DeadLetterConfig> DeadLetterConfig;
  std::optional<cloud::TracingConfig> TracingConfig;
  std::optional<cloud::EphemeralStorage> EphemeralStorage;
  std::vector<std::string> Layers;
  std::string RevisionId;
};

struct DeleteFunctionRequest {
  std::string FunctionName;
  std::string Qualifier;
};

struct ListFunctionsRequest {
  std::string FunctionVersion;
  std::string Marker;
  std::optional<int> MaxItems;
};
struct ListFunctionsResult {
  std::string NextMarker;
  std::vector<FunctionConfiguration> Functions;
};

// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
struct AddFunctionPermissionRequest {
  std::string FunctionName;
  std::string StatementId;
  std::string Action;         // "lambda:InvokeFunction"
  std::string Principal;      // "s3.amazonaws.com", an account, an ARN, "*"
  std::string SourceArn;      // may have wildcards; empty: any
  std::string SourceAccount;  // empty: any
  std::string PrincipalOrgID;
  std::string EventSourceToken;
  std::string Qualifier;
  std::string RevisionId;
};
struct AddFunctionPermissionResult {
  std::string Statement;  // JSON
};
struct RemoveFunctionPermissionRequest {
  std::string FunctionName;
  std::string StatementId;
  std::string Qualifier;
  std::string RevisionId;
};
struct GetFunctionPolicyRequest {
  std::string FunctionName;
  std::string Qualifier;
};
struct GetFunctionPolicyResult {
  std::string Policy;  // JSON
  std::string RevisionId;
};

// Resource is the ARN of a function or of an event-source mapping.
struct TagLambdaResourceRequest {
  std::string Resource;
  std::map<std::string, std::string> Tags;
};
struct UntagLambdaResourceRequest {
  std::string Resource;
  std::vector<std::string> TagKeys;
};
struct ListLambdaTagsRequest {
  std::string Resource;
};
struct ListLambdaTagsResult {
  std::map<std::string, std::string> Tags;
};

struct GetAccountSettingsRequest {};
struct AccountLimit {
  std::uint64_t TotalCodeSize = 0;     // bytes
  std::uint64_t CodeSizeUnzipped = 0;  // of a function
  std::uint64_t CodeSizeZipped = 0;    // the same, sent directly
  int ConcurrentExecutions = 0;
  int UnreservedConcurrentExecutions = 0;
};
struct AccountUsage {
  std::uint64_t TotalCodeSize = 0;
  std::uint64_t FunctionCount = 0;
};
struct GetAccountSettingsResult {
  cloud::AccountLimit AccountLimit;
  cloud::AccountUsage AccountUsage;
};

}  // namespace doorbuster::cloud
