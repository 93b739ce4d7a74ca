#include "web/server/problem.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

TEST(Problem, CarriesCodePathAndStatus) {
  const auto response = problem(invalid("events[3].at", "is required"));
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"about:blank","title":"Unprocessable Content","status":422,"code":"invalid",)"
      R"("path":"events[3].at","detail":"is required"})");
}

TEST(Problem, HasAStatusForEveryCode) {
  EXPECT_EQ(http_status({Code::kInvalid, "", ""}), 400);
  EXPECT_EQ(http_status({Code::kInvalid, "phone", ""}), 422);
  EXPECT_EQ(http_status({Code::kNotFound, "", ""}), 404);
  EXPECT_EQ(http_status({Code::kDenied, "", ""}), 403);
  EXPECT_EQ(http_status({Code::kUnauthenticated, "", ""}), 401);
  EXPECT_EQ(http_status({Code::kLeaseExpired, "", ""}), 401);
  EXPECT_EQ(http_status({Code::kConflict, "", ""}), 409);
  EXPECT_EQ(http_status({Code::kAlreadyIssued, "", ""}), 409);
  EXPECT_EQ(http_status({Code::kKeyReused, "", ""}), 422);
  EXPECT_EQ(http_status({Code::kTooLarge, "", ""}), 413);
  EXPECT_EQ(http_status({Code::kTooMany, "", ""}), 429);
  EXPECT_EQ(http_status({Code::kUnsupported, "", ""}), 415);
  EXPECT_EQ(http_status({Code::kNoRoom, "", ""}), 507);
  EXPECT_EQ(http_status({Code::kUnavailable, "", ""}), 503);
  EXPECT_EQ(http_status({Code::kCorrupt, "", ""}), 500);
  EXPECT_EQ(http_status({Code::kInternal, "", ""}), 500);
}

std::string retry_after(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Retry-After") return value;
  }
  return {};
}

TEST(Problem, SaysWhenToComeAgainWhereThatMayHelp) {
  EXPECT_EQ(retry_after(problem({Code::kTooMany, "", ""})), "1");
  EXPECT_EQ(retry_after(problem({Code::kUnavailable, "", ""})), "1");
  EXPECT_EQ(retry_after(problem(503, {Code::kInternal, "", ""})), "1");
  EXPECT_EQ(retry_after(problem({Code::kTooMany, "", ""}, std::chrono::seconds(40))), "40");
  EXPECT_EQ(retry_after(problem({Code::kConflict, "", ""})), "");
  EXPECT_EQ(retry_after(problem({Code::kInternal, "", ""})), "");
}

}  // namespace
}  // namespace opora::web
