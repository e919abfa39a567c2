# SPDX-License-Identifier: Apache-2.0
#
# The example, and the tests that look at Cormorant as its users do: compilers, other languages and machines, an installed
# copy. The unit tests stand in CMakeLists.txt.

include(cmake/CormorantGenerate.cmake)
add_executable(Cormorant::corm ALIAS corm)
add_library(Cormorant::cormorant ALIAS cormorant_shared)
set(CORM_EXAMPLE ${CMAKE_CURRENT_SOURCE_DIR}/examples/library)

if(EXISTS ${CORM_EXAMPLE}/main.c)
	add_executable(example_library ${CORM_EXAMPLE}/main.c)
	cormorant_generate(TARGET example_library OUTPUT example/library MODELS ${CORM_EXAMPLE}/models/*.h)
	target_link_libraries(example_library PRIVATE cormorant_static)
endif()

# make bench: not built by default.
if(TARGET cormorant_postgresql AND TARGET cormorant_mariadb)
	file(GLOB CORM_BENCH CONFIGURE_DEPENDS bench/*.c)
	add_executable(bench EXCLUDE_FROM_ALL ${CORM_BENCH})
	cormorant_generate(TARGET bench OUTPUT bench-models/library MODELS bench/models/*.h)
	target_include_directories(bench SYSTEM PRIVATE ${CORM_postgresql_INCLUDE_DIRS} ${CORM_mariadb_INCLUDE_DIRS})
	target_link_libraries(bench PRIVATE cormorant_postgresql cormorant_mariadb cormorant_static SQLite::SQLite3)
	target_link_options(bench PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc)
else()
	message(STATUS "the benchmark is not built: it needs libpq and libmariadb")
endif()

if(NOT CORM_TESTS)
	return()
endif()

# The example's models, generated for the tests below.
add_library(test_library STATIC)
cormorant_generate(TARGET test_library OUTPUT tests/library MODELS ${CORM_EXAMPLE}/models/*.h)
target_link_libraries(test_library PUBLIC cormorant_static)
set(CORM_TEST_LIBRARY ${CMAKE_CURRENT_BINARY_DIR}/tests)

include(cmake/TestDatabase.cmake)

# A test of sessions runs on SQLite, and the same program on each server that tests/servers/run has started. One test at a
# time has a server, because some stop it; the other server's tests go on meanwhile.
function(corm_session_test name)
	add_test(NAME ${name} COMMAND ${ARGN})
	foreach(server ${CORM_TEST_SERVERS})
		corm_server_test(${name} ${server} ${ARGN})
	endforeach()
endfunction()
function(corm_server_test name server)
	add_test(NAME ${name}_${server} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tests/servers/on ${server} ${ARGN})
	set_tests_properties(${name}_${server} PROPERTIES SKIP_RETURN_CODE 77 LABELS server RESOURCE_LOCK ${server}
		TIMEOUT 300)
endfunction()

# The session, on the example's models and on richer ones.
add_library(test_rich STATIC)
cormorant_generate(TARGET test_rich OUTPUT tests/rich MODELS tests/models/*.h)
target_link_libraries(test_rich PUBLIC cormorant_static)
foreach(name library models faults memory threads isolation cancel fork)
	add_executable(session_${name} tests/session/test_${name}.c)
	target_include_directories(session_${name} PRIVATE tests ${CMAKE_CURRENT_BINARY_DIR}/tests)
	target_link_libraries(session_${name} PRIVATE test_library test_rich test_database ${CMOCKA_LIBRARY})
	corm_session_test(session_${name} $<TARGET_FILE:session_${name}>)
endforeach()
# What happens to servers, and to connections.
if(CORM_TEST_SERVERS)
	add_library(test_server STATIC tests/session/server.c)
	target_include_directories(test_server PUBLIC tests ${CMAKE_CURRENT_BINARY_DIR}/tests)
	target_link_libraries(test_server PUBLIC test_library test_database ${CMOCKA_LIBRARY})
	foreach(name lost restarted refused limits disk)
		add_executable(session_server_${name} tests/session/test_server_${name}.c)
		target_link_libraries(session_server_${name} PRIVATE test_server)
		foreach(server ${CORM_TEST_SERVERS})
			corm_server_test(session_server_${name} ${server} $<TARGET_FILE:session_server_${name}>)
		endforeach()
	endforeach()
endif()
# PostgreSQL through a pooler.
if("postgresql" IN_LIST CORM_TEST_SERVERS)
	add_executable(session_server_pooled tests/session/test_server_pooled.c)
	target_link_libraries(session_server_pooled PRIVATE test_server)
	foreach(name server_pooled library models)
		add_test(NAME session_${name}_through_pooler COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tests/servers/pooled off
			$<TARGET_FILE:session_${name}>)
		set_tests_properties(session_${name}_through_pooler PROPERTIES SKIP_RETURN_CODE 77 LABELS server
			RESOURCE_LOCK postgresql TIMEOUT 300)
	endforeach()
endif()

# Connections that are lost where a test wants it, without a server.
add_executable(session_lost tests/session/test_lost.c)
target_include_directories(session_lost PRIVATE src tests ${CMAKE_CURRENT_BINARY_DIR}/tests)
target_link_libraries(session_lost PRIVATE test_library test_database ${CMOCKA_LIBRARY})
add_test(NAME session_lost COMMAND session_lost)

# Every scenario of the reference, on models like its own.
add_library(test_scenarios STATIC)
cormorant_generate(TARGET test_scenarios OUTPUT tests/scenarios MODELS tests/scenarios/*.h)
target_link_libraries(test_scenarios PUBLIC cormorant_static)
foreach(name scenarios_flush scenarios_load scenarios_relate scenarios_pairs scenarios_delete scenarios_life
	scenarios_write scenarios_keys scenarios_corners conflicts upsert)
	add_executable(session_${name} tests/session/test_${name}.c)
	target_include_directories(session_${name} PRIVATE tests ${CMAKE_CURRENT_BINARY_DIR}/tests)
	target_link_libraries(session_${name} PRIVATE test_scenarios test_database ${CMOCKA_LIBRARY})
	corm_session_test(session_${name} $<TARGET_FILE:session_${name}>)
endforeach()

# It puts another dialect into a session.
target_include_directories(session_upsert PRIVATE src)

# A session against a model of it in plain arrays, by random operations on random graphs.
add_executable(session_random tests/session/test_random.c tests/session/random_model.c tests/session/random_tables.c
	tests/session/random_check.c tests/session/random_rows.c tests/session/random_objects.c
	tests/session/random_relations.c tests/session/random_queries.c tests/session/random_writes.c)
cormorant_generate(TARGET session_random OUTPUT random-models/random_models MODELS tests/random/*.h)
target_include_directories(session_random PRIVATE tests)
target_link_libraries(session_random PRIVATE test_database)
add_test(NAME session_random COMMAND session_random 1 20)
add_test(NAME session_random_long COMMAND session_random 1 1000)
set_tests_properties(session_random PROPERTIES TIMEOUT 600)
set_tests_properties(session_random_long PROPERTIES LABELS long TIMEOUT 7200)
# A statement takes ten times as long there: fewer seeds, with fewer operations each.
foreach(server ${CORM_TEST_SERVERS})
	corm_server_test(session_random ${server} $<TARGET_FILE:session_random> 1 4 2000)
	corm_server_test(session_random_long ${server} $<TARGET_FILE:session_random> 1 40)
	set_tests_properties(session_random_long_${server} PROPERTIES LABELS "server;long" TIMEOUT 7200)
endforeach()

# The helper itself, on servers too where their drivers are not built.
add_executable(test_database_itself tests/session/test_database.c)
target_link_libraries(test_database_itself PRIVATE test_database ${CMOCKA_LIBRARY})
add_test(NAME session_database COMMAND test_database_itself)
foreach(server postgresql mariadb)
	if(CLIENT_${server}_FOUND)
		corm_server_test(session_database ${server} $<TARGET_FILE:test_database_itself>)
	endif()
endforeach()

# Python's SQLModel and ours on one file.
add_executable(interop_read_back tests/interop/read_back.c)
target_include_directories(interop_read_back PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/tests)
target_link_libraries(interop_read_back PRIVATE test_library cormorant_static)
add_test(NAME interop COMMAND tests/interop/run $<TARGET_FILE:example_library> $<TARGET_FILE:interop_read_back>
	WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})

# What a program of somebody else has to be built with when we are sanitized.
get_directory_property(CORM_OPTIONS COMPILE_OPTIONS)
list(FILTER CORM_OPTIONS INCLUDE REGEX "sanitize")
string(REPLACE ";" " " CORM_OPTIONS "${CORM_OPTIONS}")
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
	set(CORM_CXX g++)
else()
	set(CORM_CXX clang++)
endif()

set(script ${CMAKE_CURRENT_SOURCE_DIR}/tests)
add_test(NAME misuse COMMAND ${script}/misuse/run ${CMAKE_C_COMPILER} -I${CMAKE_CURRENT_SOURCE_DIR}/include
	-I${CORM_TEST_LIBRARY})
add_test(NAME headers COMMAND ${script}/headers/run ${CMAKE_C_COMPILER} ${CORM_CXX} ${CMAKE_CURRENT_SOURCE_DIR}/include)
add_test(NAME cpp COMMAND ${script}/cpp/run ${CORM_CXX} ${CMAKE_CURRENT_BINARY_DIR})
add_test(NAME portability COMMAND ${script}/portability/run ${CORM_TEST_LIBRARY})
add_test(NAME exports COMMAND ${script}/install/check-exports $<TARGET_FILE:cormorant_shared>
	${CMAKE_CURRENT_SOURCE_DIR}/include)
add_test(NAME install COMMAND ${script}/install/run ${CMAKE_CURRENT_BINARY_DIR})
add_test(NAME include_directions COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/scripts/check-includes)
set_tests_properties(portability PROPERTIES SKIP_RETURN_CODE 77)
set_tests_properties(cpp PROPERTIES ENVIRONMENT "CXXFLAGS=${CORM_OPTIONS}")
# Its programs run on both servers.
set_tests_properties(install PROPERTIES RESOURCE_LOCK "postgresql;mariadb" ENVIRONMENT
	"CC=${CMAKE_C_COMPILER};CFLAGS=${CORM_OPTIONS};LDFLAGS=${CORM_OPTIONS}")
