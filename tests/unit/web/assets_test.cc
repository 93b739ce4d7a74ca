#include "web/server/assets.h"

#include <gtest/gtest.h>

namespace opora::web {
namespace {

// The store is tests/unit/web/dist, embedded by opora_embed_assets().
class AssetsTest : public ::testing::Test {
 protected:
  Response get(std::string path, std::vector<std::pair<std::string, std::string>> fields = {}) {
    Request request;
    request.path = std::move(path);
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    return serve_asset(*embedded_assets(), request);
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "none";
  }
};

TEST_F(AssetsTest, ServesFilesWithTheirType) {
  const auto script = get("/assets/index-4f3a2b1c.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(script.static_body, "console.log(\"opora\");\n");
  EXPECT_EQ(get("/favicon.svg").content_type, "image/svg+xml");
}

TEST_F(AssetsTest, CachesHashedNamesForAYearAndOthersNot) {
  EXPECT_EQ(header(get("/assets/index-4f3a2b1c.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("/favicon.svg"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header(get("/"), "Cache-Control"), "no-cache");
}

TEST_F(AssetsTest, ChoosesTheEncodingThatTheClientTakes) {
  const auto with = [&](std::string accept) {
    const auto response =
        get("/assets/index-4f3a2b1c.js", {{"Accept-Encoding", std::move(accept)}});
    EXPECT_EQ(header(response, "Vary"), "Accept-Encoding");
    return header(response, "Content-Encoding") + ": " + std::string(response.static_body);
  };
  EXPECT_EQ(with("gzip, deflate, br"), "br: brotli bytes of the script");
  EXPECT_EQ(with("gzip, br;q=0"), "gzip: gzip bytes of the script");
  EXPECT_EQ(with("br;q=0.5"), "br: brotli bytes of the script");
  EXPECT_EQ(with("gzip;q=0.0"), "none: console.log(\"opora\");\n");
  EXPECT_EQ(with("deflate"), "none: console.log(\"opora\");\n");
  EXPECT_EQ(header(get("/favicon.svg", {{"Accept-Encoding", "br"}}), "Content-Encoding"), "none");
}

TEST_F(AssetsTest, AnswersNotModifiedForAKnownTag) {
  const auto tag = header(get("/favicon.svg"), "ETag");
  EXPECT_EQ(tag.size(), 34u);
  for (const auto& field : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const auto response = get("/favicon.svg", {{"If-None-Match", field}});
    EXPECT_EQ(response.status, 304) << field;
    EXPECT_TRUE(response.static_body.empty());
    EXPECT_EQ(header(response, "ETag"), tag);
    // A browser takes the headers of a revalidation over those it kept.
    EXPECT_EQ(header(response, "Content-Security-Policy"),
              header(get("/favicon.svg"), "Content-Security-Policy"));
  }
  EXPECT_EQ(get("/favicon.svg", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(AssetsTest, GivesTheIndexToTheOnePageOfTheApplication) {
  for (const char* path : {"/", "/index.html"}) {
    EXPECT_EQ(get(path).static_body, "<!doctype html><title>Opora</title>\n") << path;
  }
}

TEST_F(AssetsTest, GivesTheIndexToNothingElse) {
  for (const char* path :
       {"/api/v1/nothing", "/api", "/assets/old-12345678.js", "/favicon.ico",
        "/assets/index-4f3a2b1c.js.map", "/assets", "/desk", "/tickets/17-000123-4"}) {
    const Response response = get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.content_type, "application/problem+json") << path;
  }
}

TEST_F(AssetsTest, AllowsScriptsOfThisOriginOnly) {
  const auto policy = header(get("/"), "Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
}

TEST_F(AssetsTest, SaysSoWhenThereIsNoUi) {
  const auto store = make_table_store({});
  Request request;
  request.path = "/";
  const auto response = serve_asset(*store, request);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "UI not built\n");
  request.path = "/api/v1/nothing";
  EXPECT_EQ(serve_asset(*store, request).content_type, "application/problem+json");
}

}  // namespace
}  // namespace opora::web
