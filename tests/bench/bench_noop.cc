// A server of the same library with one route that does nothing: POST /api/v1/noop checks that
// there is a bearer token and answers as a registration does. The yardstick for what HTTP costs.
// Prints its port, serves until its standard input ends.
//   bench_noop
#include <unistd.h>

#include <cstdio>

#include "tests/bench/figures.h"
#include "web/server/problem.h"
#include "web/server/server.h"

namespace opora::bench {
namespace {

// As long as the answer to a contact that was solved on the line.
constexpr const char* kAnswer =
    R"({"contact_id":"00000000000000000000000000000000","ticket":null})";

void serve() {
  web::Router router;
  router.on(web::Method::kPost, "/api/v1/noop",
            [](const web::Request& request, const web::PathParams&, const web::Respond& respond) {
              if (!web::find_bearer_token(request)) {
                return respond(web::problem(Error{Code::kUnauthenticated, "", "no token"}));
              }
              respond(web::json_response(201, kAnswer));
            });
  auto server = web::Server::start({}, std::move(router));
  if (!server.ok()) give_up(server.error().message);
  std::printf("%u\n", static_cast<unsigned>((*server)->port()));
  std::fflush(stdout);
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

}  // namespace
}  // namespace opora::bench

int main() { opora::bench::serve(); }
