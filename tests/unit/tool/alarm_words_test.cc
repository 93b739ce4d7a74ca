// Every code of an alarm that a daemon sends has words at the terminal. Those of the screens are
// held against the same list by alarms.test.ts.
#include "deploy/tool/alarm_words.h"

#include <gtest/gtest.h>

#include "sync/core/session_types.h"

namespace opora::tool {
namespace {

TEST(AlarmWords, EveryAlarmOfTheLinkSaysWhatItMeansAndWhatToDo) {
  int codes = 0;
  for (; std::string_view(sync::alarm_name(static_cast<sync::AlarmCode>(codes))) != "unknown";
       ++codes) {
    const char* code = sync::alarm_name(static_cast<sync::AlarmCode>(codes));
    const AlarmWords* words = words_of_alarm(code);
    ASSERT_NE(words, nullptr) << code;
    EXPECT_FALSE(words->what.empty() || words->todo.empty()) << code;
  }
  EXPECT_GE(codes, 12);
}

TEST(AlarmWords, EveryAlarmOfAStoreSaysWhatItMeansAndWhatToDo) {
  for (const char* code :
       {"store_loss", "store_loss_mended", "safety_failed", "disk_full", "set_aside"})
    EXPECT_NE(words_of_alarm(code), nullptr) << code;
}

TEST(AlarmWords, ACodeOfALaterVersionHasNone) { EXPECT_EQ(words_of_alarm("unheard_of"), nullptr); }

}  // namespace
}  // namespace opora::tool
