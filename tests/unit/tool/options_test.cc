#include <fstream>
#include <sstream>

#include "deploy/tool/commands.h"
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::tool {
namespace {

TEST(DeskOptionTest, ANumberAndANameAreRead) {
  const auto desk = parse_desk("12=Регистратура = 2");
  ASSERT_TRUE(desk.ok());
  EXPECT_EQ(desk->no, 12);
  EXPECT_EQ(desk->name, "Регистратура = 2");
}

TEST(DeskOptionTest, AnythingElseIsRefused) {
  for (const char* text : {"", "=", "1", "1=", "=Name", "0=Name", "100=Name", "-1=Name", "1 =Name",
                           "x=Name", "70000=Name"}) {
    const auto desk = parse_desk(text);
    ASSERT_FALSE(desk.ok()) << text;
    EXPECT_EQ(desk.error().path, "desk");
  }
}

TEST(ApiTest, ATokenNeverTravelsInTheClear) {
  for (const char* url :
       {"http://10.1.2.3:8080", "http://hub.region.example", "ftp://127.0.0.1",
        "http://127.0.0.1:1/path", "http://u@127.0.0.1", "https://h/?q", "", "x y"}) {
    const auto api = Api::open({url, "token", ""});
    ASSERT_FALSE(api.ok()) << url;
    EXPECT_EQ(api.error().path, "url");
  }
  for (const char* url : {"http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080",
                          "https://hub.region.example"}) {
    EXPECT_TRUE(Api::open({url, "token", ""}).ok()) << url;
  }
}

TEST(StoreCommandsTest, AFolderWithoutAStoreIsNamedAndNothingIsMade) {
  const opora::testing::TempFolder folder;
  std::ostringstream out;
  const std::string data = (folder / "none").string();
  EXPECT_EQ(verify(data, out).error().code, Code::kNotFound);
  EXPECT_EQ(digest(data, std::nullopt, out).error().code, Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(data));
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace opora::tool
