// The text of GET /metrics. That a strict reader understands all of a daemon's is in
// tests/e2e/metrics_test.py.
#include "web/app/metrics_page.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

TEST(MetricsPage, HasHelpAndTypeInFrontOfEachFamily) {
  MetricsPage page;
  page.gauge("opora_disk_free_bytes", "Free.", 1'234'567'890'123);
  page.counter("opora_sign_ins_total", "Sign-ins.", 3, {{"outcome", "wrong"}});
  EXPECT_EQ(page.text(),
            "# HELP opora_disk_free_bytes Free.\n"
            "# TYPE opora_disk_free_bytes gauge\n"
            "opora_disk_free_bytes 1234567890123\n"
            "# HELP opora_sign_ins_total Sign-ins.\n"
            "# TYPE opora_sign_ins_total counter\n"
            "opora_sign_ins_total{outcome=\"wrong\"} 3\n");
}

TEST(MetricsPage, KeepsTheSamplesOfAFamilyTogether) {
  MetricsPage page;
  page.gauge("opora_link_up", "Up.", 1, {{"site", "1"}});
  page.gauge("opora_unsent_events", "Unsent.", 0, {{"site", "1"}});
  page.gauge("opora_link_up", "Up.", 0, {{"site", "2"}});
  EXPECT_EQ(page.text(),
            "# HELP opora_link_up Up.\n"
            "# TYPE opora_link_up gauge\n"
            "opora_link_up{site=\"1\"} 1\n"
            "opora_link_up{site=\"2\"} 0\n"
            "# HELP opora_unsent_events Unsent.\n"
            "# TYPE opora_unsent_events gauge\n"
            "opora_unsent_events{site=\"1\"} 0\n");
}

TEST(MetricsPage, EscapesWhatALabelHolds) {
  MetricsPage page;
  page.gauge("opora_x", "X.", 1, {{"text", "a\"b\\c\nd"}});
  EXPECT_NE(page.text().find("opora_x{text=\"a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos)
      << page.text();
}

TEST(MetricsPage, AHistogramIsCumulativeAndInTheUnitOfItsName) {
  Histogram<2> us({1'000, 250'000});
  for (const std::int64_t value : {500, 1'000, 1'001, 400'000}) us.add(value);
  MetricsPage page;
  page.histogram("opora_commit_duration_seconds", "Commits.", us.counts(), 1e-6);
  EXPECT_EQ(page.text(),
            "# HELP opora_commit_duration_seconds Commits.\n"
            "# TYPE opora_commit_duration_seconds histogram\n"
            "opora_commit_duration_seconds_count 4\n"
            "opora_commit_duration_seconds_sum 0.402501\n"
            "opora_commit_duration_seconds_bucket{le=\"0.001\"} 2\n"
            "opora_commit_duration_seconds_bucket{le=\"0.25\"} 3\n"
            "opora_commit_duration_seconds_bucket{le=\"+Inf\"} 4\n");
}

TEST(MetricsPage, NothingIsYoungerThanNow) {
  EXPECT_EQ(age_s(TimeMs{5'000}, TimeMs{3'500}), 1.5);
  EXPECT_EQ(age_s(TimeMs{5'000}, TimeMs{9'000}), 0.0);
}

TEST(MetricsPageDeathTest, ACounterThatDoesNotSayTotalIsABug) {
  MetricsPage page;
  EXPECT_DEATH(page.counter("opora_requests", "R.", 1), "check failed");
}

TEST(MetricsPageDeathTest, OneNameOfTwoKindsIsABug) {
  MetricsPage page;
  page.gauge("opora_a_total", "A.", 1);
  EXPECT_DEATH(page.counter("opora_a_total", "A.", 1), "check failed");
}

}  // namespace
}  // namespace opora::app
