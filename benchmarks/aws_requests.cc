#include "aws_requests.h"

namespace doorbuster::bench {
namespace {

std::string json_request(std::string_view service, std::string_view target,
                         std::string_view operation, std::string_view json) {
  std::string headers = "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: ";
  headers.append(target).append(".").append(operation).append("\r\n");
  return aws_request("POST", "/", service, headers, json);
}

}  // namespace

std::string aws_request(std::string_view method, std::string_view path, std::string_view service,
                        std::string_view headers, std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(path).append(
      " HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nAccept-Encoding: identity\r\n"
      "User-Agent: Boto3/1.42.0 md/Botocore#1.42.0 ua/2.1 os/linux md/arch#x86_64 "
      "lang/python#3.11.2 md/pyimpl#CPython m/b,Z,D,e cfg/retry-mode#legacy Botocore/1.42.0\r\n"
      "X-Amz-Date: 20261122T000000Z\r\n"
      "amz-sdk-invocation-id: 2f4ea7f2-4b6a-4c52-9e5e-6a3f0b6c9d11\r\n"
      "amz-sdk-request: attempt=1\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/");
  text.append(service).append(
      "/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
      "Signature=6ba0a1c5d1f2e3a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9012345\r\n");
  text.append(headers).append("Content-Length: ").append(std::to_string(body.size()));
  return text.append("\r\n\r\n").append(body);
}

std::string sqs_request(std::string_view operation, std::string_view json) {
  return json_request("sqs", "AmazonSQS", operation, json);
}

std::string states_request(std::string_view operation, std::string_view json) {
  return json_request("states", "AWSStepFunctions", operation, json);
}

std::string sns_request(std::string_view form) {
  return aws_request("POST", "/", "sns",
                     "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n",
                     "Version=2010-03-31&" + std::string(form));
}

}  // namespace doorbuster::bench
