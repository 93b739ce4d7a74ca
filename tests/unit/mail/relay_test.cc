// How a relay may be configured, and what its answers are worth.
#include "node/mail/relay.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::node {
namespace {

using How = SmtpEnd::How;

MailSettings good() {
  MailSettings out;
  out.host = "mail.example.org";
  out.from = "support@clinic.example";
  return out;
}

std::string refused(const MailSettings& settings) {
  const Status status = check_mail(settings);
  return status.ok() ? "" : status.error().path;
}

TEST(MailSettings, AreNeededTogether) {
  EXPECT_EQ(refused({}), "");
  EXPECT_EQ(refused(good()), "");
  MailSettings only_from;
  only_from.from = "a@b.ru";
  EXPECT_EQ(refused(only_from), "mail-from") << "of no use without a relay";
  MailSettings settings = good();
  settings.from.clear();
  EXPECT_EQ(refused(settings), "mail-from");
  settings.from = "no address";
  EXPECT_EQ(refused(settings), "mail-from");
  settings = good();
  settings.user = "opora";
  EXPECT_EQ(refused(settings), "mail-password-file");
  settings = good();
  settings.password_file = "password";
  EXPECT_EQ(refused(settings), "mail-user");
  settings = good();
  settings.ca_file = "no such file";
  EXPECT_EQ(refused(settings), "mail-ca");
}

TEST(MailSettings, GoInTheClearOnThisMachineOnly) {
  MailSettings settings = good();
  settings.tls = RelayTls::kNone;
  EXPECT_EQ(refused(settings), "mail-tls");
  for (const char* here : {"localhost", "127.0.0.1", "::1"}) {
    settings.host = here;
    EXPECT_EQ(refused(settings), "") << here;
  }
}

TEST(MailSettings, AHostIsNoAddressOfAPage) {
  MailSettings settings = good();
  for (const char* bad : {"smtp://mail.example.org", "mail.example.org/x", "a b", "-a", "a@b",
                          "mail.example.org\r\n"}) {
    settings.host = bad;
    EXPECT_EQ(refused(settings), "mail-host") << bad;
  }
}

TEST(MailSettings, ThePasswordIsTheFirstLineOfAFileThatNotEverybodyReads) {
  const testing::TempFolder folder;
  const std::string file = folder / "password";
  std::ofstream(file) << "secret of tests\r\nanother line\n";
  namespace fs = std::filesystem;
  MailSettings settings = good();
  settings.user = "opora";
  settings.password_file = file;
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(refused(settings), "mail-password-file");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(refused(settings), "");
  EXPECT_EQ(read_password(settings).value(), "secret of tests");
  std::ofstream(file) << "";
  EXPECT_EQ(refused(settings), "mail-password-file");
  settings.password_file = folder / "none";
  EXPECT_EQ(refused(settings), "mail-password-file");
}

struct Case {
  SmtpStage stage;
  int reply;
  Verdict verdict;
};

TEST(Verdict, OfARecipientIsTheLettersOfAllElseTheRelays) {
  constexpr Case kCases[] = {
      {SmtpStage::kConnect, 0, Verdict::kRelayAway},
      {SmtpStage::kConnect, 454, Verdict::kRelayAway},
      {SmtpStage::kConnect, 535, Verdict::kRelayAway},  // a wrong password
      {SmtpStage::kConnect, 554, Verdict::kRelayAway},
      {SmtpStage::kSender, 550, Verdict::kRelayAway},  // our own address is not welcome
      {SmtpStage::kSender, 530, Verdict::kRelayAway},
      {SmtpStage::kRecipient, 450, Verdict::kLater},
      {SmtpStage::kRecipient, 451, Verdict::kLater},
      {SmtpStage::kRecipient, 550, Verdict::kNever},
      {SmtpStage::kRecipient, 421, Verdict::kRelayAway},
      {SmtpStage::kRecipient, 0, Verdict::kRelayAway},
      {SmtpStage::kData, 554, Verdict::kNever},
      {SmtpStage::kData, 452, Verdict::kLater},
      {SmtpStage::kBody, 552, Verdict::kNever},
      {SmtpStage::kBody, 451, Verdict::kLater},
      {SmtpStage::kBody, 0, Verdict::kRelayAway},  // perhaps it was taken: again, by the same name
  };
  for (const Case& one : kCases)
    EXPECT_EQ(verdict_of({How::kFailed, one.stage, one.reply}), one.verdict)
        << stage_name(one.stage) << " " << one.reply;
  EXPECT_EQ(verdict_of({How::kTaken, SmtpStage::kBody, 0}), Verdict::kTaken);
  EXPECT_EQ(verdict_of({How::kStopped, SmtpStage::kBody, 0}), Verdict::kStopped);
}

}  // namespace
}  // namespace opora::node
