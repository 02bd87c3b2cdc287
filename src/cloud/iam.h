// AWS Identity and Access Management: roles and managed policies, as far as setting up a system
// asks for them.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
#pragma once

#include <string>
#include <vector>

#include "cloud/async.h"
#include "cloud/error.h"

namespace doorbuster::cloud {

struct Role {
  std::string Path;
  std::string RoleName;
  std::string RoleId;
  std::string Arn;
  Time CreateDate{};
  std::string AssumeRolePolicyDocument;  // JSON
  std::string Description;
  int MaxSessionDuration = 3600;
};

struct CreateRoleRequest {
  std::string Path = "/";
  std::string RoleName;
  std::string AssumeRolePolicyDocument;
  std::string Description;
  int MaxSessionDuration = 3600;
};
struct CreateRoleResult {
  cloud::Role Role;
};

struct GetRoleRequest {
  std::string RoleName;
};
struct GetRoleResult {
  cloud::Role Role;
};

struct DeleteRoleRequest {
  std::string RoleName;
};

struct ListRolesRequest {
  std::string PathPrefix = "/";
  std::string Marker;
  int MaxItems = 100;
};
struct ListRolesResult {
  std::vector<Role> Roles;
  bool IsTruncated = false;
  std::string Marker;
};

struct AttachRolePolicyRequest {
  std::string RoleName;
  std::string PolicyArn;
};
struct DetachRolePolicyRequest {
  std::string RoleName;
  std::string PolicyArn;
};
struct AttachedPolicy {
  std::string PolicyName;
  std::string PolicyArn;
};
struct ListAttachedRolePoliciesRequest {
  std::string RoleName;
  std::string PathPrefix = "/";
  std::string Marker;
  int MaxItems = 100;
};
struct ListAttachedRolePoliciesResult {
  std::vector<AttachedPolicy> AttachedPolicies;
  bool IsTruncated = false;
  std::string Marker;
};

// Policies that belong to one role.
struct PutRolePolicyRequest {
  std::string RoleName;
  std::string PolicyName;
  std::string PolicyDocument;
};
struct GetRolePolicyRequest {
  std::string RoleName;
  std::string PolicyName;
};
struct GetRolePolicyResult {
  std::string RoleName;
  std::string PolicyName;
  std::string PolicyDocument;
};
struct DeleteRolePolicyRequest {
  std::string RoleName;
  std::string PolicyName;
};
struct ListRolePoliciesRequest {
  std::string RoleName;
  std::string Marker;
  int MaxItems = 100;
};
struct ListRolePoliciesResult {
  std::vector<std::string> PolicyNames;
  bool IsTruncated = false;
  std::string Marker;
};

// The account's own managed policies; those of AWS ("arn:aws:iam::aws:policy/...") are always
// there.
struct ManagedPolicy {
  std::string PolicyName;
  std::string PolicyId;
  std::string Arn;
  std::string Path;
  std::string DefaultVersionId;
  int AttachmentCount = 0;
  bool IsAttachable = true;
  std::string Description;
  Time CreateDate{};
  Time UpdateDate{};
};
struct CreatePolicyRequest {
  std::string PolicyName;
  std::string Path = "/";
  std::string PolicyDocument;
  std::string Description;
};
struct CreatePolicyResult {
  ManagedPolicy Policy;
};
struct GetPolicyRequest {
  std::string PolicyArn;
};
struct GetPolicyResult {
  ManagedPolicy Policy;
};
struct DeletePolicyRequest {
  std::string PolicyArn;
};

// May be called from any thread. The service outlives the operations that are under way.
class Iam {
 public:
  virtual ~Iam() = default;

  virtual Async<CreateRoleResult> CreateRole(CreateRoleRequest) {
    return not_implemented<CreateRoleResult>("CreateRole");
  }
  virtual Async<GetRoleResult> GetRole(GetRoleRequest) {
    return not_implemented<GetRoleResult>("GetRole");
  }
  virtual Async<void> DeleteRole(DeleteRoleRequest) { return not_implemented<void>("DeleteRole"); }
  virtual Async<ListRolesResult> ListRoles(ListRolesRequest) {
    return not_implemented<ListRolesResult>("ListRoles");
  }
  virtual Async<void> AttachRolePolicy(AttachRolePolicyRequest) {
    return not_implemented<void>("AttachRolePolicy");
  }
  virtual Async<void> DetachRolePolicy(DetachRolePolicyRequest) {
    return not_implemented<void>("DetachRolePolicy");
  }
  virtual Async<ListAttachedRolePoliciesResult> ListAttachedRolePolicies(
      ListAttachedRolePoliciesRequest) {
    return not_implemented<ListAttachedRolePoliciesResult>("ListAttachedRolePolicies");
  }
  virtual Async<void> PutRolePolicy(PutRolePolicyRequest) {
    return not_implemented<void>("PutRolePolicy");
  }
  virtual Async<GetRolePolicyResult> GetRolePolicy(GetRolePolicyRequest) {
    return not_implemented<GetRolePolicyResult>("GetRolePolicy");
  }
  virtual Async<void> DeleteRolePolicy(DeleteRolePolicyRequest) {
    return not_implemented<void>("DeleteRolePolicy");
  }
  virtual Async<ListRolePoliciesResult> ListRolePolicies(ListRolePoliciesRequest) {
    return not_implemented<ListRolePoliciesResult>("ListRolePolicies");
  }
  virtual Async<CreatePolicyResult> CreatePolicy(CreatePolicyRequest) {
    return not_implemented<CreatePolicyResult>("CreatePolicy");
  }
  virtual Async<GetPolicyResult> GetPolicy(GetPolicyRequest) {
    return not_implemented<GetPolicyResult>("GetPolicy");
  }
  virtual Async<void> DeletePolicy(DeletePolicyRequest) {
    return not_implemented<void>("DeletePolicy");
  }
};

}  // namespace doorbuster::cloud
