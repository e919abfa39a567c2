# SPDX-License-Identifier: Apache-2.0
#
# The tests that use threads, for a build with CORM_SANITIZE_THREAD, which has nothing else:
#
#	cmake -S . -B build/threads -DCORM_SANITIZE_THREAD=ON -DCORM_GENERATOR=$PWD/build/sanitize/bin/corm
#	cmake --build build/threads --target thread_tests && (cd build/threads && ctest -L threads)
#
# The tool comes from another build: it has no threads, and takes longer to build than all of this.

set(CORM_GENERATOR "" CACHE FILEPATH "The corm of another build")
if(NOT CORM_GENERATOR)
	message(FATAL_ERROR "the tests under ThreadSanitizer need the corm of another build: -DCORM_GENERATOR=…/bin/corm")
endif()
include(cmake/CormorantGenerate.cmake)
add_executable(Cormorant::corm IMPORTED)
set_target_properties(Cormorant::corm PROPERTIES IMPORTED_LOCATION ${CORM_GENERATOR})
add_library(test_library STATIC)
cormorant_generate(TARGET test_library OUTPUT tests/library MODELS ${CMAKE_CURRENT_SOURCE_DIR}/examples/library/models/*.h)
target_link_libraries(test_library PUBLIC cormorant_static)
include(cmake/TestDatabase.cmake)

add_custom_target(thread_tests)

function(corm_thread_test name source)
	add_executable(threads_${name} ${source})
	target_include_directories(threads_${name} PRIVATE src tests ${CMAKE_CURRENT_BINARY_DIR}/tests)
	target_link_libraries(threads_${name} PRIVATE test_library test_database ${CMOCKA_LIBRARY})
	add_dependencies(thread_tests threads_${name})
	add_test(NAME threads_${name}
		COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tests/without-aslr $<TARGET_FILE:threads_${name}>)
	set_tests_properties(threads_${name} PROPERTIES LABELS threads
		ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1")
endfunction()
# The same on each server that tests/servers/run has started.
function(corm_server_thread_test name)
	foreach(server ${CORM_TEST_SERVERS})
		add_test(NAME threads_${name}_${server}
			COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/tests/servers/on ${server}
				${CMAKE_CURRENT_SOURCE_DIR}/tests/without-aslr $<TARGET_FILE:threads_${name}>)
		set_tests_properties(threads_${name}_${server} PROPERTIES LABELS "threads;server" SKIP_RETURN_CODE 77
			RESOURCE_LOCK ${server}
			ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1")
	endforeach()
endfunction()
corm_thread_test(session tests/session/test_threads.c)
corm_server_thread_test(session)
corm_thread_test(cancel tests/session/test_cancel.c)
corm_server_thread_test(cancel)
corm_thread_test(pool tests/unit/driver/test_pool.c)
corm_thread_test(reconnect tests/unit/driver/test_reconnect.c)
