// The API's formal document as it was when this was built: whoever talks to a daemon can ask it
// what it speaks.
#include "web/app/api.h"

// By the assembler, so that its size costs no compile time (as embed_assets.cmake does it).
asm(".pushsection .rodata\n"
    ".global opora_api_document\n"
    "opora_api_document:\n"
    ".incbin \"" OPORA_API_DOCUMENT
    "\"\n"
    ".global opora_api_document_end\n"
    "opora_api_document_end:\n"
    ".popsection\n");
// The assembler's names, above.  NOLINTBEGIN(readability-identifier-naming)
extern "C" const char opora_api_document[];
extern "C" const char opora_api_document_end[];
// NOLINTEND(readability-identifier-naming)

namespace opora::app {

void add_document_route(web::Router& router) {
  router.on(web::Method::kGet, "/api/v1/openapi.yaml",
            [](const web::Request&, const web::PathParams&, const web::Respond& respond) {
              web::Response response;
              response.content_type = "application/yaml";
              response.static_body = {
                  opora_api_document,
                  static_cast<std::size_t>(opora_api_document_end - opora_api_document)};
              respond(std::move(response));
            });
}

}  // namespace opora::app
