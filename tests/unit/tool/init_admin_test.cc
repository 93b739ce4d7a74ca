#include <sys/stat.h>

#include <fstream>

#include "deploy/tool/commands.h"
#include <gtest/gtest.h>

#include "protocol/base/password.h"
#include "protocol/domain/access.h"
#include "tests/support/temp_folder.h"
#include "web/app/data_folder.h"
#include "web/server/json_reader.h"

namespace opora::tool {
namespace {

using protocol::Role;

struct Written {
  std::string login;
  std::uint32_t roles = 0;
  std::string password_hash;
  std::string token_hash;
};

class InitAdminTest : public ::testing::Test {
 protected:
  InitAdminTest() {
    std::ofstream(password_file()) << "long enough\r\nsecond line\n";
    options_.data = (folder_ / "data").string();
    options_.password_file = password_file();
  }
  std::string password_file() const { return (folder_ / "password").string(); }
  std::string token_file() const { return (folder_ / "token").string(); }
  std::string users_file() const { return (folder_ / "data").string() + "/first-users.json"; }

  std::vector<Written> written() const {
    std::vector<Written> out;
    const auto text = app::read_small_file(users_file());
    if (!text) return out;
    auto document = web::JsonDocument::parse(*text);
    EXPECT_TRUE(document.ok());
    web::JsonReader in = document->read();
    in.array("users", {1, 10}, [&](web::JsonReader& row) {
      row.line("name", {1, 200});
      out.push_back({row.line("login"), static_cast<std::uint32_t>(row.integer("roles")),
                     row.optional_line("password_hash").value_or(""),
                     row.optional_line("token_hash").value_or("")});
    });
    EXPECT_TRUE(in.finish().ok());
    return out;
  }

  opora::testing::TempFolder folder_;
  InitAdmin options_;
};

TEST_F(InitAdminTest, AnAdministratorIsWrittenWithTheHashOfTheFirstLine) {
  ASSERT_TRUE(init_admin(options_).ok());
  const auto users = written();
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].login, "admin");
  EXPECT_EQ(users[0].roles, protocol::roles_of({Role::kAdministrator}).v);
  EXPECT_TRUE(verify_password(users[0].password_hash, "long enough"));
  EXPECT_EQ(users[0].token_hash, "");
}

TEST_F(InitAdminTest, AProgramGetsATokenWhoseHashIsWritten) {
  options_.program_token_file = token_file();
  ASSERT_TRUE(init_admin(options_).ok());
  const auto users = written();
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[1].roles, protocol::roles_of({Role::kProgram, Role::kAdministrator}).v);
  EXPECT_EQ(users[1].password_hash, "");
  const auto token = read_secret(token_file(), "token-file");
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(users[1].token_hash, token_hash(*token));
}

TEST_F(InitAdminTest, SecretsAreForTheirOwnerOnly) {
  options_.program_token_file = token_file();
  ASSERT_TRUE(init_admin(options_).ok());
  for (const std::string& path : {token_file(), users_file()}) {
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << path;
  }
}

TEST_F(InitAdminTest, UsersThatWaitAreNotReplaced) {
  ASSERT_TRUE(init_admin(options_).ok());
  const auto before = app::read_small_file(users_file());
  options_.login = "another";
  options_.program_token_file = token_file();
  const auto again = init_admin(options_);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_EQ(again.error().path, "data");
  EXPECT_EQ(app::read_small_file(users_file()), before);
  EXPECT_FALSE(std::filesystem::exists(token_file()));
}

TEST_F(InitAdminTest, ATokenFileThatExistsIsKept) {
  std::ofstream(token_file()) << "in use\n";
  options_.program_token_file = token_file();
  const auto refused = init_admin(options_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().path, "program-token-file");
  EXPECT_EQ(app::read_small_file(token_file()), "in use\n");
  EXPECT_FALSE(std::filesystem::exists(users_file()));
}

TEST_F(InitAdminTest, WhatTheDaemonWouldRefuseIsRefusedHere) {
  options_.login = "Имя";
  EXPECT_EQ(init_admin(options_).error().path, "login");
  options_.login = "program";
  options_.program_token_file = token_file();
  EXPECT_EQ(init_admin(options_).error().path, "login");
}

TEST_F(InitAdminTest, APasswordThatIsTooShortOrMissingIsRefused) {
  std::ofstream(password_file()) << "short\n";
  EXPECT_EQ(init_admin(options_).error().path, "password-file");
  std::ofstream(password_file(), std::ios::trunc) << "\nlong enough\n";
  EXPECT_EQ(init_admin(options_).error().path, "password-file");
  options_.password_file = (folder_ / "none").string();
  EXPECT_EQ(init_admin(options_).error().path, "password-file");
  EXPECT_FALSE(std::filesystem::exists(users_file()));
}

}  // namespace
}  // namespace opora::tool
