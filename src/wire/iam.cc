// AWS IAM: its shapes and operations. Policy documents come as they are and are answered escaped.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
#include "cloud/iam.h"

#include "wire/operations.h"
#include "wire/validation.h"

namespace doorbuster::wire {

STRUCTURE(cloud::Role, FIELD(Path), FIELD(RoleName), FIELD(RoleId), FIELD(Arn), FIELD(CreateDate),
          FIELD_AS(AssumeRolePolicyDocument, escaped_text_shape), FIELD(Description),
          FIELD(MaxSessionDuration));
STRUCTURE(cloud::CreateRoleRequest, FIELD(Path), FIELD(RoleName, .required = true),
          FIELD(AssumeRolePolicyDocument, .required = true), FIELD(Description),
          FIELD(MaxSessionDuration));
STRUCTURE(cloud::CreateRoleResult, FIELD(Role));
STRUCTURE(cloud::GetRoleRequest, FIELD(RoleName, .required = true));
STRUCTURE(cloud::GetRoleResult, FIELD(Role));
STRUCTURE(cloud::DeleteRoleRequest, FIELD(RoleName, .required = true));
STRUCTURE(cloud::ListRolesRequest, FIELD(PathPrefix), FIELD(Marker), FIELD(MaxItems));
STRUCTURE(cloud::ListRolesResult, FIELD(Roles, .always = true), FIELD(IsTruncated), FIELD(Marker));

STRUCTURE(cloud::AttachRolePolicyRequest, FIELD(RoleName, .required = true),
          FIELD(PolicyArn, .required = true));
STRUCTURE(cloud::DetachRolePolicyRequest, FIELD(RoleName, .required = true),
          FIELD(PolicyArn, .required = true));
STRUCTURE(cloud::AttachedPolicy, FIELD(PolicyName), FIELD(PolicyArn));
STRUCTURE(cloud::ListAttachedRolePoliciesRequest, FIELD(RoleName, .required = true),
          FIELD(PathPrefix), FIELD(Marker), FIELD(MaxItems));
STRUCTURE(cloud::ListAttachedRolePoliciesResult, FIELD(AttachedPolicies, .always = true),
          FIELD(IsTruncated), FIELD(Marker));

STRUCTURE(cloud::PutRolePolicyRequest, FIELD(RoleName, .required = true),
          FIELD(PolicyName, .required = true), FIELD(PolicyDocument, .required = true));
STRUCTURE(cloud::GetRolePolicyRequest, FIELD(RoleName, .required = true),
          FIELD(PolicyName, .required = true));
STRUCTURE(cloud::GetRolePolicyResult, FIELD(RoleName), FIELD(PolicyName),
          FIELD_AS(PolicyDocument, escaped_text_shape));
STRUCTURE(cloud::DeleteRolePolicyRequest, FIELD(RoleName, .required = true),
          FIELD(PolicyName, .required = true));
STRUCTURE(cloud::ListRolePoliciesRequest, FIELD(RoleName, .required = true), FIELD(Marker),
          FIELD(MaxItems));
STRUCTURE(cloud::ListRolePoliciesResult, FIELD(PolicyNames, .always = true), FIELD(IsTruncated),
          FIELD(Marker));

STRUCTURE(cloud::ManagedPolicy, FIELD(PolicyName), FIELD(PolicyId), FIELD(Arn), FIELD(Path),
          FIELD(DefaultVersionId), FIELD(AttachmentCount), FIELD(IsAttachable), FIELD(Description),
          FIELD(CreateDate), FIELD(UpdateDate));
STRUCTURE(cloud::CreatePolicyRequest, FIELD(PolicyName, .required = true), FIELD(Path),
          FIELD(PolicyDocument, .required = true), FIELD(Description));
STRUCTURE(cloud::CreatePolicyResult, FIELD(Policy));
STRUCTURE(cloud::GetPolicyRequest, FIELD(PolicyArn, .required = true));
STRUCTURE(cloud::GetPolicyResult, FIELD(Policy));
STRUCTURE(cloud::DeletePolicyRequest, FIELD(PolicyArn, .required = true));

namespace {

#define ROW(Name) Bound<&cloud::Iam::Name>::row(#Name)
constexpr Operation operations[] = {
    ROW(CreateRole),
    ROW(GetRole),
    ROW(DeleteRole),
    ROW(ListRoles),
    ROW(AttachRolePolicy),
    ROW(DetachRolePolicy),
    ROW(ListAttachedRolePolicies),
    ROW(PutRolePolicy),
    ROW(GetRolePolicy),
    ROW(DeleteRolePolicy),
    ROW(ListRolePolicies),
    ROW(CreatePolicy),
    ROW(GetPolicy),
    ROW(DeletePolicy),
};

}  // namespace

constinit const Service iam_service{
    .name = "iam",
    .version = "2010-05-08",
    .namespace_ = "https://iam.amazonaws.com/doc/2010-05-08/",
    .wording = &validation_wording,
    .operations = operations,
};

}  // namespace doorbuster::wire
