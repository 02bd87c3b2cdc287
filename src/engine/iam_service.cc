#include "cloud/error.h"
#include "engine/services.h"

namespace doorbuster::engine {
namespace {

using namespace cloud;  // NOLINT(google-build-using-namespace): every second word is one of IAM's

class IamService final : public Iam {
 public:
  IamService(Engine& engine, Caller caller) : engine_(engine), caller_(std::move(caller)) {}

  Async<CreateRoleResult> CreateRole(CreateRoleRequest request) override {
    return call<CreateRoleResult>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          return CreateRoleResult{roles.create(turn, account, request)};
        });
  }
  Async<GetRoleResult> GetRole(GetRoleRequest request) override {
    return call<GetRoleResult>(
        [name = std::move(request.RoleName)](Roles& roles, Turn&, const std::string& account) {
          return GetRoleResult{roles.get(account, name)};
        });
  }
  Async<void> DeleteRole(DeleteRoleRequest request) override {
    return call<Done>(
        [name = std::move(request.RoleName)](Roles& roles, Turn& turn, const std::string& account) {
          roles.destroy(turn, account, name);
        });
  }
  Async<ListRolesResult> ListRoles(ListRolesRequest request) override {
    return call<ListRolesResult>(
        [request = std::move(request)](Roles& roles, Turn&, const std::string& account) {
          return roles.list(account, request);
        });
  }

  Async<void> AttachRolePolicy(AttachRolePolicyRequest request) override {
    return call<Done>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          roles.attach(turn, account, request);
        });
  }
  Async<void> DetachRolePolicy(DetachRolePolicyRequest request) override {
    return call<Done>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          roles.detach(turn, account, request);
        });
  }
  Async<ListAttachedRolePoliciesResult> ListAttachedRolePolicies(
      ListAttachedRolePoliciesRequest request) override {
    return call<ListAttachedRolePoliciesResult>(
        [request = std::move(request)](Roles& roles, Turn&, const std::string& account) {
          return roles.list_attached(account, request);
        });
  }

  Async<void> PutRolePolicy(PutRolePolicyRequest request) override {
    return call<Done>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          roles.put_policy(turn, account, request);
        });
  }
  Async<GetRolePolicyResult> GetRolePolicy(GetRolePolicyRequest request) override {
    return call<GetRolePolicyResult>(
        [request = std::move(request)](Roles& roles, Turn&, const std::string& account) {
          return roles.policy_of(account, request);
        });
  }
  Async<void> DeleteRolePolicy(DeleteRolePolicyRequest request) override {
    return call<Done>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          roles.delete_policy_of(turn, account, request);
        });
  }
  Async<ListRolePoliciesResult> ListRolePolicies(ListRolePoliciesRequest request) override {
    return call<ListRolePoliciesResult>(
        [request = std::move(request)](Roles& roles, Turn&, const std::string& account) {
          return roles.list_policies_of(account, request);
        });
  }

  Async<CreatePolicyResult> CreatePolicy(CreatePolicyRequest request) override {
    return call<CreatePolicyResult>(
        [request = std::move(request)](Roles& roles, Turn& turn, const std::string& account) {
          return CreatePolicyResult{roles.create_policy(turn, account, request)};
        });
  }
  Async<GetPolicyResult> GetPolicy(GetPolicyRequest request) override {
    return call<GetPolicyResult>(
        [arn = std::move(request.PolicyArn)](Roles& roles, Turn&, const std::string& account) {
          return GetPolicyResult{roles.policy(account, arn)};
        });
  }
  Async<void> DeletePolicy(DeletePolicyRequest request) override {
    return call<Done>(
        [arn = std::move(request.PolicyArn)](Roles& roles, Turn& turn, const std::string& account) {
          roles.destroy_policy(turn, account, arn);
        });
  }

 private:
  // Runs op(roles, turn, account) on the writer.
  template <class T, class Op>
  Answer<T> call(Op op) {
    return engine_.call<T>([this, op = std::move(op)](Machine& m, Turn& turn) mutable {
      if (caller_.anonymous) {
        throw Error("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
      }
      return op(m.roles, turn, caller_.scope.account);
    });
  }

  Engine& engine_;
  const Caller caller_;
};

}  // namespace

std::unique_ptr<cloud::Iam> make_iam(Engine& engine, cloud::Caller caller) {
  return std::make_unique<IamService>(engine, std::move(caller));
}

}  // namespace doorbuster::engine
