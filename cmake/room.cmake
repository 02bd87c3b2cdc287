# A room is a folder under src/ and a library of its own. It may include its own headers and those of
# the rooms it names, and the compiler holds it to that: each room's headers are reachable only
# through a directory that contains nothing but a link to that room, and a room is given the
# directories of the rooms it may include, no others.
#
#   room(NAME MAY_INCLUDE room... SOURCES file... TESTS file... LINKS target...)
#
# Sources are compiled several at a time, but for those that are named ALONE, too: the tables of
# operations, which are the longest to compile, and tests whose names meet.
# TESTS become one test program, NAME_test, each of whose cases ctest runs by name; TEST_BED is a
# header that nearly all of them include, precompiled for them.
function(room NAME)
  cmake_parse_arguments(ROOM "" "TEST_BED" "MAY_INCLUDE;SOURCES;ALONE;TESTS;TEST_LINKS;LINKS" ${ARGN})
  set(door ${PROJECT_BINARY_DIR}/doors/${NAME})
  file(MAKE_DIRECTORY ${door})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${NAME} ${door}/${NAME} SYMBOLIC)

  list(TRANSFORM ROOM_SOURCES PREPEND ${NAME}/)
  list(TRANSFORM ROOM_ALONE PREPEND ${NAME}/)
  set_source_files_properties(${ROOM_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(${NAME} STATIC ${ROOM_SOURCES})
  target_include_directories(${NAME} PUBLIC ${door})
  target_link_libraries(${NAME} PUBLIC ${ROOM_MAY_INCLUDE} asio ${ROOM_LINKS})
  target_precompile_headers(${NAME} REUSE_FROM asio)

  if(ROOM_TESTS)
    list(TRANSFORM ROOM_TESTS PREPEND ${NAME}/)
    add_executable(${NAME}_test ${ROOM_TESTS})
    target_link_libraries(${NAME}_test PRIVATE ${NAME} ${ROOM_TEST_LINKS} GTest::gmock GTest::gtest_main)
    if(ROOM_TEST_BED)
      target_precompile_headers(${NAME}_test PRIVATE precompiled.h ${NAME}/${ROOM_TEST_BED})
    else()
      target_precompile_headers(${NAME}_test REUSE_FROM asio)
    endif()
    gtest_discover_tests(${NAME}_test TEST_PREFIX ${NAME}. DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
include(GoogleTest)
