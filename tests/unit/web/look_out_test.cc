#include "web/server/look_out.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

TEST(LookOut, LooksForALoneAnswerOnce) {
  LookOut look(2);
  EXPECT_FALSE(look.wanted());  // an idle server sleeps
  look.asked();
  EXPECT_TRUE(look.wanted());
  look.found();
  EXPECT_FALSE(look.wanted());
  look.answered();
  EXPECT_FALSE(look.wanted());
  look.asked();
  EXPECT_TRUE(look.wanted());
}

TEST(LookOut, NeverForWhatIsAnsweredAlready) {
  LookOut look(2);
  look.asked();
  look.answered();
  EXPECT_FALSE(look.wanted());
}

TEST(LookOut, NotWithAnotherRequestUnderWay) {
  LookOut look(2);
  look.asked();
  look.asked();
  EXPECT_FALSE(look.wanted());
  look.answered();
  EXPECT_FALSE(look.wanted());  // the one that is left was passed over
  look.answered();
  look.asked();
  EXPECT_TRUE(look.wanted());
}

TEST(LookOut, NotOnTheOnlyProcessor) {
  for (const unsigned processors : {0U, 1U}) {  // 0: the system does not say
    LookOut look(processors);
    look.asked();
    EXPECT_FALSE(look.wanted());
  }
}

TEST(LookOut, RestsAfterItLookedInVain) {
  LookOut look(2);
  const auto ask = [&] {
    look.asked();
    const bool wanted = look.wanted();
    look.answered();
    return wanted;
  };
  ASSERT_TRUE(ask());
  look.in_vain();
  for (int i = 1; i < kVainRest; ++i) EXPECT_FALSE(ask()) << i;
  ASSERT_TRUE(ask());
  look.found();
  EXPECT_TRUE(ask());
}

}  // namespace
}  // namespace opora::web
