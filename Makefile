# make demo   installs what is missing, builds, and adapts a model before your eyes
# make test   builds and runs every test
.PHONY: demo build test format clean

demo: build
	@./acclimate doctor --brief
	@./acclimate demo

build:
	@scripts/install
	@scripts/build

test:
	@scripts/install
	@scripts/test

format:
	@dotnet format

clean:
	@rm -rf artifacts
